package recording

import (
	"context"
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/panics"
)

// writer does the steps of a recording, in their order. It belongs to the writing
// goroutine, and after the last step to the one that finishes the recording.
type writer struct {
	r          *Recording
	record     Record
	file       File
	pictures   File  // of pictures; nil: there is none yet
	picturesOf int   // its chunk
	begun      bool  // something was written
	broken     error // why nothing is written any more
	done       bool  // the last step was done
}

// errSlow is why a recording ends whose disk does not keep up.
var errSlow = fmt.Errorf("the disk is so slow that more than %d MiB wait to be written", maxWaiting>>20)

// write does what there is to do. It reports whether the recording is to be finished.
func (w *writer) write() (last bool) {
	if w.done {
		return false
	}
	r := w.r
	r.mu.Lock()
	steps, unsafe := r.steps, r.syncErr
	r.steps = nil
	if len(steps) > 0 {
		r.since = steps[0].at
	}
	r.mu.Unlock()
	defer r.written()
	w.check(unsafe)
	for i, s := range steps {
		w.check(panics.Contain(r.lib.log, panics.Recording, func() { w.do(s, steps[i+1:]) }, "recording", w.record.key()))
		s.done()
		if s.end {
			w.done = true
			r.finished(steps[i+1:])
			return true
		}
	}
	return false
}

// do does one step, before others that follow. One that panics ends its recording, as a disk that
// fails: all others are written by the same goroutine.
func (w *writer) do(s step, next []step) {
	switch {
	case s.bytes != nil:
		w.append(s.bytes)
	case s.pictures.bytes != nil:
		w.appendPictures(s.pictures)
	case s.change != nil:
		s.change(&w.record)
		if s.kept != nil || !changesNext(next) {
			w.keep()
		}
	case s.chunk > 0:
		w.nextChunk(s.began, s.chunk)
	}
}

// changesNext reports whether another change of the record follows at once: one writing
// is enough for both. Samples are written after the record that says how to read them.
func changesNext(steps []step) bool { return len(steps) > 0 && steps[0].change != nil }

// written notes that nothing is being written.
func (r *Recording) written() {
	r.mu.Lock()
	r.since = time.Time{}
	r.mu.Unlock()
}

func (w *writer) append(b []byte) {
	defer w.taken(len(b)) // also where the file panics
	r := w.r
	if w.broken == nil {
		err := w.file.Append(b)
		r.lib.fresh.Add(int64(len(b)))
		w.begun = w.begun || err == nil
		w.check(err)
	}
	r.mu.Lock()
	r.empty, r.unsynced = b, w.file
	r.mu.Unlock()
}

// taken notes that so many bytes wait no longer.
func (w *writer) taken(n int) {
	if w.r.lib.waiting.Add(-int64(n)) > maxWaiting {
		w.check(errSlow)
	}
}

// check ends the recording at the first failure.
func (w *writer) check(err error) {
	if err != nil && w.broken == nil {
		w.broken = err
		w.r.fail(err)
	}
}

// keep stores the record.
func (w *writer) keep() {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	w.check(w.r.lib.records.Put(ctx, w.record.key(), w.record))
}

// nextChunk begins another file.
func (w *writer) nextChunk(began time.Time, channels int) {
	if w.broken != nil {
		return
	}
	w.closeChunk(ChunkSizeExceeded)
	w.record.Chunks = append(w.record.Chunks, newChunk(began, channels))
	w.keep()
	file, err := w.r.lib.files.Create(w.record.fileName(len(w.record.Chunks) - 1))
	w.check(err)
	w.file = file
}

func newChunk(began time.Time, channels int) Chunk {
	return Chunk{Began: began, Layouts: []Layout{{Channels: channels}}}
}

// closeChunk closes the present file and notes how much it holds.
func (w *writer) closeChunk(why ChunkReason) {
	at := len(w.record.Chunks) - 1
	if w.file != nil {
		w.check(w.file.Close())
		w.file = nil
	}
	w.check(w.r.lib.measure(&w.record, at, why))
}

// finish closes the files; the record tells that they are complete.
func (w *writer) finish() {
	r := w.r
	w.closePictures()
	w.closeChunk(SessionEnded)
	w.record.State, w.record.Ended = Ended, r.now()
	switch {
	case w.broken != nil:
		w.record.EndReason = StorageFailed
	case w.record.EndReason == "":
		w.record.EndReason = ServiceStopped
	}
	if w.record.Format == WAV {
		_ = r.lib.sums(&w.record) // prepare tries again what cannot be read now
	}
	w.keep()
	if n := r.pictures.interruptions(); n > 0 {
		r.log.Warn("pictures of a recording were left out, for there were too many", "interruptions", n)
	}
	r.log.Info("recording ended", "why", w.record.EndReason, "duration", w.record.Duration(), "concealed", time.Duration(w.record.ConcealedMs)*time.Millisecond)
}
