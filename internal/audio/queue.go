package audio

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/ringbuffer"
)

// Queue is a ring buffer of time-stamped frames, for one writer and one reader: it carries
// what is heard on a mixer's shard to whatever is too slow for one, or to another shard. The
// writer never waits. When the queue is full it drops the oldest frame, and counts it; the
// reader sees the gap in the stamps.
type Queue struct {
	ring  ringbuffer.Ring[queued]
	batch int // how many wait before the reader is woken

	closed atomic.Bool
	asleep atomic.Bool   // the reader waits on wake
	wake   chan struct{} // one token: look again
}

// queued is one frame.
type queued struct {
	at      Tick
	common  *Common
	tick    Tick
	age     time.Duration
	size    int // samples; 0 is silence
	samples [wideFrame]int16
}

// Heard is a frame with the moment in which it was heard. A nil frame is silence.
type Heard struct {
	At     Tick
	Frame  Frame
	Common *Common // whose frame it is; nil: nobody else is known to hear it
	Tick   Tick    // of that

	Age time.Duration // how long before that moment it was said, as HearAged was told
}

// NewQueue returns a queue in which as many frames of 8 or 16 kHz may wait as
// frames says. A reader that sleeps is woken when batch of them wait: waking costs
// the writer more than writing, so a reader that is in no hurry asks for several.
func NewQueue(frames, batch int) *Queue {
	frames = max(frames, 1)
	q := &Queue{batch: min(max(batch, 1), frames), wake: make(chan struct{}, 1)}
	q.ring.Init(frames)
	return q
}

// HearFrame puts a frame, of at most 20 ms at 16 kHz; nil is silence, which is not
// copied. It implements Listener, for the writer.
func (q *Queue) HearFrame(at Tick, f Frame) { q.HearCommon(at, f, nil, 0) }

// HearCommon is HearFrame for a frame of a Common, of a tick of its mix.
func (q *Queue) HearCommon(at Tick, f Frame, of *Common, tick Tick) { q.put(at, f, of, tick, 0) }

// HearAged is HearFrame for a frame that was said some time before its tick.
func (q *Queue) HearAged(at Tick, f Frame, age time.Duration) { q.put(at, f, nil, 0, age) }

func (q *Queue) put(at Tick, f Frame, of *Common, tick Tick, age time.Duration) {
	own := q.ring.Spare()
	own.at, own.size = at, copy(own.samples[:], f)
	own.common, own.tick, own.age = of, tick, age
	q.ring.Put()
	if q.asleep.Load() && q.ring.Waiting() >= q.batch {
		q.wakeUp()
	}
}

// Close says that no frame follows. It is the writer's, and implements io.Closer.
func (q *Queue) Close() error {
	q.closed.Store(true)
	q.wakeUp()
	return nil
}

func (q *Queue) wakeUp() {
	q.asleep.Store(false)
	select {
	case q.wake <- struct{}{}:
	default: // a token is there already
	}
}

// Next returns the oldest frame, which stays valid until the next call; false if
// none waits. It is the reader's.
func (q *Queue) Next() (Heard, bool) {
	got := q.ring.Next()
	if got == nil {
		return Heard{}, false
	}
	heard := Heard{At: got.at, Common: got.common, Tick: got.tick, Age: got.age}
	if got.size > 0 {
		heard.Frame = got.samples[:got.size]
	}
	return heard, true
}

// Ready returns a channel that delivers once when the reader has something to do:
// a batch of frames waits, or the queue is closed. A reader asks for it anew each
// time that it has taken all there is.
func (q *Queue) Ready() <-chan struct{} {
	q.asleep.Store(true)
	if q.closed.Load() || q.ring.Waiting() >= q.batch {
		q.wakeUp()
	}
	return q.wake
}

// Read waits for the next frame, as Next returns it. After the last one the error
// is io.EOF; when ctx is done it is the cause.
func (q *Queue) Read(ctx context.Context) (Heard, error) {
	for {
		if heard, ok := q.Next(); ok {
			return heard, nil
		}
		if q.Ended() {
			return Heard{}, io.EOF
		}
		select {
		case <-q.Ready():
		case <-ctx.Done():
			return Heard{}, context.Cause(ctx)
		}
	}
}

// Len is how many frames wait. It is the reader's.
func (q *Queue) Len() int { return q.ring.Waiting() }

// Ended reports whether the queue is closed and all of it has been read.
func (q *Queue) Ended() bool {
	return q.closed.Load() && q.ring.Waiting() == 0
}

// Dropped counts the frames that were overwritten before they were read.
func (q *Queue) Dropped() uint64 { return q.ring.Dropped() }
