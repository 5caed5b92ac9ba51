package rtp

import (
	"sync/atomic"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/inbox"
)

// waitingFrames is how many frames may wait for the encoder: it is late by 80 ms
// before any is dropped.
const waitingFrames = 4

// worker does a stream's work on a goroutine beside the shard, which wakes it once a
// tick: where a codec is costly, or where packets come and go by functions that are
// not for shards. It decodes the frame of the next tick and encodes that of the last
// one, so both directions have 20 ms more delay, and the shard never waits: a frame
// that is not decoded in time is invented, one that is not encoded in time dropped,
// and both are counted.
//
// The stream has one owner at a time:
//
//	shard ── write: hand over ──▶ worker ── work: done ──▶ shard
//
// What crosses while the worker owns it are frames to be sent, by a queue.
type worker struct {
	stream  *Stream
	receive func() // takes what has come, before the rest; nil where the shard does
	last    func() // is called at the end; may be nil
	wake    inbox.Signal
	stop    chan struct{} // closed by the shard
	done    chan struct{} // closed when the goroutine has left
	busy    atomic.Bool   // the goroutine owns the stream
	sound   *audio.Queue  // frames to be sent

	// The shard's own.
	tick     audio.Tick // of the next frame to be sent
	dropped  uint64     // of sound, as far as it is counted
	stopgap  stopgap    // continues the sound where no frame is ready
	lastSaid int64      // when the frame that was read last was said; 0: that is not known

	// The owner's own.
	scratch  scratch         // of the goroutine: hundreds of them are at work at a time, where one tick wakes them
	frame    [maxFrame]int16 // to be heard next
	samples  int             // of it; 0 before there is one
	made     sound           // what it is made of
	nextSaid int64           // when it was said, as said; 0: that is not known
	due      audio.Tick      // of the next frame of sound
}

// newWorker prepares the work; begin starts it.
func newWorker(s *Stream) *worker {
	return &worker{
		stream: s, wake: inbox.NewSignal(), stop: make(chan struct{}), done: make(chan struct{}),
		sound: audio.NewQueue(waitingFrames, 1), stopgap: newStopgap(),
	}
}

// begin starts the goroutine. It ends after end. The shard does not wait for it: it
// must not, and the goroutine holds nothing but memory.
func (w *worker) begin() {
	go func() {
		defer close(w.done)
		for {
			select {
			case <-w.wake:
				if w.busy.Load() {
					w.work()
					w.busy.Store(false)
				}
			case <-w.stop:
				if w.last != nil {
					w.last()
				}
				return
			}
		}
	}()
}

func (w *worker) end() { close(w.stop) }

// work makes the next frame, and sends what waits.
func (w *worker) work() {
	s := w.stream
	s.scratch = &w.scratch
	defer func() { s.scratch = nil }()
	if w.receive != nil {
		w.receive()
	}
	w.samples = s.playout.samples()
	w.made = s.next(w.frame[:w.samples])
	w.nextSaid, _ = s.said()
	for heard, ok := w.sound.Next(); ok; heard, ok = w.sound.Next() {
		s.skip(uint64(heard.At - w.due))
		w.due = heard.At + 1
		if s.terms != nil {
			s.sharing.hear(heard)
			s.write(heard.Frame)
		}
	}
}

// read says the frame that is ready. It is the shard's, while that owns the stream.
func (w *worker) read(f audio.Frame) bool {
	heard, made := w.frame[:w.samples], w.made
	w.lastSaid = w.nextSaid
	if w.made = nothing; len(heard) == 0 {
		return false
	}
	if made == nothing {
		clear(heard)
	}
	w.stopgap.hear(heard)
	return w.stream.deliver(f, heard, made)
}

// said is when the frame that was read last was said. It is the shard's.
func (w *worker) said() (at int64, known bool) { return w.lastSaid, w.lastSaid != 0 }

// cover continues the sound in place of a frame that is not ready.
func (w *worker) cover(f audio.Frame) bool {
	w.stream.counters.concealed.Add(1)
	w.lastSaid = 0
	buffers := takeScratch()
	defer buffers.giveBack()
	heard := buffers.frame[:w.stopgap.samples()]
	if !w.stopgap.invent(heard) {
		return w.stream.deliver(f, heard, nothing)
	}
	return w.stream.deliver(f, heard, invented)
}

// write hands a frame over, and the stream. of is whose frame it is, where others hear it
// too.
func (w *worker) write(f audio.Frame, of *audio.Common, at audio.Tick) {
	w.sound.HearCommon(w.tick, f, of, at)
	w.tick++
	if dropped := w.sound.Dropped(); dropped != w.dropped {
		w.stream.counters.unsent.Add(dropped - w.dropped)
		w.dropped = dropped
	}
	w.busy.Store(true)
	w.wake.Set()
}
