package journal

import "time"

// Kind is what a record is. The numbers are on disk.
type Kind byte

// The kinds of records.
const (
	KindMessage Kind = 1
	KindHold    Kind = 2
	KindRelease Kind = 3 // also what remains of a message that is over and ended holds
)

// Hold is a promise that survives the process, such as a live connection.
type Hold struct {
	Key  string
	Body []byte
}

// Message is what the owner of the journal makes of a record of KindMessage.
type Message interface {
	// Encode returns the content: what never changes of the message. Its memory,
	// best from NewContent, is the journal's from then on.
	Encode() []byte
	// Decode reads a content in one of the formats, and returns the keys of the
	// holds that end with the message.
	Decode(content []byte, format int) (ends []string, err error)
	// Forget drops the content, which is over.
	Forget()
}

// Record is an entry of the journal, from its queueing to the moment when the
// journal has forgotten it:
//
//	queued → written → ended → settled → forgotten
//
// It is in its home, the page with its newest copy. It has ended when
// nothing of it is to be recovered, and is settled when it does not have to end
// holds any more either. It is forgotten with the last page that has a copy.
// The owner's goroutine has it from the moment when it is written.
type Record struct {
	Seq      uint64 // order of queueing, given by the writer
	Posted   time.Time
	Attempts int
	Due      time.Time // of the next attempt, while the message waits for one
	First    time.Time // start of the first attempt
	Away     bool      // its content is in the journal alone
	Message  Message   // nil: a hold, or a release

	kind    Kind
	hold    Hold
	ends    []string // keys of the holds that end with it
	ended   bool
	settled bool

	size   int // of the content, in bytes, also while it is in the journal alone
	home   *page
	copies int       // pages that have it, or are about to, and are not forgotten
	waits  int       // holds that ended with it and have copies in other pages
	enders []*Record // of a hold: the records that wait for its copies to be forgotten
}

// NewMessage prepares a record for Put. Ends are the keys of the holds that end
// when it is written.
func (r *Record) NewMessage(m Message, posted time.Time, ends []string) {
	r.kind, r.Message, r.Posted, r.ends = KindMessage, m, posted, ends
}

// Page is the number of the page that has the newest copy; 0: none yet.
func (r *Record) Page() uint64 {
	if r.home == nil {
		return 0
	}
	return r.home.number
}

// line is the record as the journal is to have it now.
func (r *Record) line(content []byte) line {
	return line{
		kind: r.kind, seq: r.Seq, attempts: r.Attempts, posted: r.Posted, due: r.Due, first: r.First,
		content: content, format: FormatFields,
	}
}

func (r *Record) content() []byte {
	switch r.kind {
	case KindMessage:
		return r.Message.Encode()
	case KindHold:
		return encodeHold(r.hold)
	default:
		return encodeRelease(r.ends)
	}
}

// decode reads a copy of the record. A later copy may be of another kind: what
// remains of a message can be a release.
func (r *Record) decode(l line) (err error) {
	r.kind, r.Posted, r.Attempts, r.Due, r.First = l.kind, l.posted, l.attempts, l.due, l.first
	positional := l.format == FormatPositional
	switch {
	case l.kind == KindMessage && r.Message == nil:
		err = ErrDamaged // it was another kind of record before
	case l.kind == KindMessage:
		r.ends, err = r.Message.Decode(l.content, l.format)
	case l.kind == KindHold && positional:
		r.hold, err = decodeHold1(l.content)
	case l.kind == KindHold:
		r.hold, err = decodeHold(l.content)
	case l.kind == KindRelease && positional:
		r.ends, err = decodeRelease1(l.content)
	case l.kind == KindRelease:
		r.ends, err = decodeRelease(l.content)
	default:
		err = ErrDamaged
	}
	if l.kind == KindRelease && r.Message != nil {
		r.Message.Forget()
	}
	return err
}
