package delivery

import (
	"cmp"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// state is where a message stands:
//
//	waiting → queued → sending → unanswered → done
//	             ↑        ↓          ↓
//	             └── backingOff ←────┘
//	                     ↓
//	                 undelivered → done
//
// It waits in its lane, is queued at its destination, is being sent, is unanswered
// over a connection that lives (where its policy has patience), backs off
// between two attempts, and is done when it was delivered or given up. One that
// was given up may be undelivered first: its policy's hook is told, and the
// journal keeps it until then.
type state byte

const (
	waiting state = iota
	queued
	sending
	unanswered
	backingOff
	undelivered
	done
)

// job is a message on its way, from its journalling to its end. It changes
// in turns of the scheduler.
type job struct {
	journal.Record // its sequence, attempts and times, as the journal has them
	msg            Message

	policy  *Policy
	lane    *lane
	group   *group
	member  int32 // its place in the group
	size    int32 // of the body
	held    int32 // of it, as far as it is counted in Engine.bodies
	target  *target
	to      *destination
	breaker *groupBreaker // nil: its policy has none
	limiter *limiter      // nil: its destination has granted no rate
	batch   *batchQueue   // nil: it goes alone

	spared   time.Time // until when it is not given up by its age; zero: it always may be
	started  time.Time // of the attempt that is being sent
	queuedAt time.Time // since when it waits at a busy destination; zero: never, or for a dead one
	retry    retrySlot // its place in the retry queue
	outcome  Outcome   // of the last attempt
	bodyFrom uint64    // page that the attempt that is being sent reads its body from

	state    state
	final    bool // no attempt follows the one that is being sent
	beside   bool // no longer holds its lane
	answered bool // an attempt was answered well after another had begun
	heldBack bool // it waits because its group's circuit is open
	silent   bool // its end is not worth a line of the log, nor a metric
}

// newJob returns the job of a message that is posted now.
func newJob(m Message, posted time.Time) *job {
	j := &job{msg: m, size: int32(len(m.Body))}
	j.NewMessage(j, posted, m.Release)
	return j
}

// recoveredJob returns the record of a message that recovery has found.
func recoveredJob() *journal.Record {
	j := &job{}
	j.Message = j
	return &j.Record
}

// jobOf is the job of a record.
func jobOf(j *journal.Record) *job { return j.Message.(*job) }

// Encode implements journal.Message.
func (j *job) Encode() []byte { return encodeMessage(&j.msg) }

// Decode implements journal.Message.
func (j *job) Decode(content []byte, format int) (ends []string, err error) {
	err = j.msg.decode(content, format)
	j.size = int32(len(j.msg.Body))
	return j.msg.Release, err
}

// Forget implements journal.Message.
func (j *job) Forget() { j.msg = Message{} }

// ended reports whether a message is delivered or given up.
func (j *job) ended() bool { return j.state >= undelivered }

func bySeq(a, b *job) int { return cmp.Compare(a.Seq, b.Seq) }
