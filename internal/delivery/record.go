package delivery

import "time"

// kind is what a record of the journal is.
type kind byte

const (
	kindMessage kind = 1
	kindHold    kind = 2
	kindRelease kind = 3 // also what remains of a delivered message that released holds
)

// state is where a message stands:
//
//	waiting → queued → flying → over
//	             ↑        ↓
//	             └─── resting → over
//	                     ↓
//	                  parting → over
//
// It waits in its lane, is queued at its destination, flies, rests between two
// attempts, and is over when it was delivered or given up. One that was given
// up may have to part first: its policy's hook is told, and the journal keeps
// it until then.
type state byte

const (
	waiting state = iota
	queued
	flying
	resting
	parting
	over
)

// record is a message, a hold or a release, from its journalling to the moment
// when the journal can forget it. The scheduler's goroutine owns it from then on.
type record struct {
	kind   kind
	seq    uint64 // order of posting
	posted time.Time

	msg      Message // of kindMessage
	policy   *Policy
	lane     *lane
	group    *group
	to       *destination
	ward     *ward   // nil: its policy has no probation
	pace     *pace   // nil: its destination has granted no rate
	bucket   *bucket // nil: it goes alone
	size     int     // of the body
	state    state
	attempts int
	started  time.Time // of the attempt that flies
	lined    time.Time // since when it stands in line at its destination; zero: never, or the line was a dead one's
	first    time.Time // start of the first attempt
	due      time.Time // of the next one, while resting
	rest     rest      // where it stands in the plan of those
	outcome  Outcome   // of the last attempt
	bodyAway bool      // the body left memory; the journal has it
	bodyFrom uint64    // page that the attempt that flies reads it from
	final    bool      // no attempt follows the one that flies
	beside   bool      // no longer holds its lane
	answered bool      // an attempt was answered well after another had begun
	detained bool      // it rests because its subscription is on probation
	mute     bool      // its end is not worth a line of the log

	hold Hold     // of kindHold
	keys []string // holds that end with this record

	home    *page     // where the journal has it; newer than any other copy
	copies  int       // pages that hold it, or are about to, and are not done
	waits   int       // holds that ended with this record and have copies elsewhere
	enders  []*record // kindHold: the records that wait for its copies to be done
	settled bool      // the journal may forget it
}

// ended reports whether a message is delivered or given up, a hold is released,
// a release said.
func (r *record) ended() bool { return r.state >= parting }

// line is the record as the journal is to have it now.
func (r *record) line(content []byte) line {
	return line{kind: r.kind, seq: r.seq, attempts: r.attempts, posted: r.posted, due: r.due, first: r.first, content: content}
}

// content is the record's part that never changes while its kind does not.
func (r *record) content() []byte {
	switch r.kind {
	case kindMessage:
		return encodeMessage(&r.msg)
	case kindHold:
		return encodeHold(r.hold.Key, r.hold.Body)
	default:
		return appendKeys(nil, r.keys)
	}
}
