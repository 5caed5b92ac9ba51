package recording

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/inbox"
)

// Recording is one that goes on. Its methods may be called from any goroutine and
// do not block.
type Recording struct {
	lib      *Library
	log      *slog.Logger
	clock    clock
	heard    hearing // of the shard
	edges    *inbox.Inbox[edge]
	arrivals *inbox.Inbox[*ear]
	paused   atomic.Bool
	origin   time.Time                         // when it was made, by the clock that nobody sets
	mixed    bool                              // the whole mix is heard at once
	failed   atomic.Pointer[func(error, bool)] // told once that nothing more is written
	pictures *pictureTrack                     // nil: it has no pictures

	listener listener // of the listening goroutine

	mu    sync.Mutex
	steps []step
	since time.Time // when the first step was given that is being done; zero: none is
	empty []byte    // a buffer to be filled again; nil: none
	over  bool      // the writer has finished

	unsynced         File  // what was appended to since the last sync; nil: nothing was
	unsyncedPictures File  // the same of pictures
	syncErr          error // of that sync

	silent bool   // of the listening goroutine: nothing follows
	writer writer // of the writing goroutine
}

// newRecording makes a recording whose record is stored and whose first file is
// open.
func newRecording(lib *Library, options Options, record Record, file File) *Recording {
	r := &Recording{
		lib: lib, log: lib.log.With("recording", record.key(), "call", record.CallID),
		edges: inbox.New[edge](), arrivals: inbox.New[*ear](), mixed: options.Channels == Mixed && !lib.cfg.MaskTones,
		origin: time.Now(),
	}
	r.clock = clock{ear: ear{Queue: audio.NewQueue(queuedFrames, queuedFrames), hears: &r.heard}, of: r}
	r.listener.r, r.listener.merges = r, options.Channels == Mixed
	if !r.mixed {
		r.listener.places = newPlaces(options.Pinned, lib.cfg.MaskTones)
		r.heard.dated = true
	}
	if options.Content == AudioVideo && lib.cfg.Cameras != nil {
		r.pictures = newPictureTrack(lib)
	}
	r.paused.Store(options.Paused)
	r.writer = writer{r: r, record: record, file: file}
	return r
}

// ID is the recordingId.
func (r *Recording) ID() string { return r.writer.record.ID }

// Began is when it was started.
func (r *Recording) Began() time.Time { return r.writer.record.Began }

// Mix returns the listener that has to be put first into the mix of the call: of a
// mixed recording to hear everything, of an unmixed one to hear what private
// sources say and nothing else.
func (r *Recording) Mix() audio.Listener { return &r.clock }

// Mixed reports whether the whole mix is heard at once. Where keys are masked it is
// not, whatever channels the file has.
func (r *Recording) Mixed() bool { return r.mixed }

// Arrival is an endpoint of somebody that has come into the call.
type Arrival struct {
	Who         string      // raw id
	Application bool        // what it plays to single members is theirs
	Listed      bool        // as a participant; others are one once they speak
	Dated       audio.Dated // when they said what they are heard saying; nil: at that moment
}

// Participant notes that somebody has come into the call, and returns what has to
// hear their endpoint; nil: nothing has to.
func (r *Recording) Participant(who Arrival) audio.Listener {
	e := &ear{Arrival: who, hears: &r.heard}
	if r.mixed {
		r.arrivals.Put(e)
		return nil
	}
	e.Queue = audio.NewQueue(queuedFrames, queuedFrames)
	r.arrivals.Put(e)
	return e
}

// Pause leaves out what is said from the next tick on.
func (r *Recording) Pause() {
	r.paused.Store(true)
	r.pictures.pause(true)
}

// Resume takes in what is said from the next tick on.
func (r *Recording) Resume() {
	r.paused.Store(false)
	r.pictures.pause(false)
}

// Begin lets a recording that was created hear and write. failed is told, once,
// that nothing more can be written, and whether anything was.
func (r *Recording) Begin(failed func(cause error, begun bool)) {
	r.failed.Store(&failed)
	if r.pictures != nil {
		r.pictures.begin(r.writer.record.ServerCallID, r.paused.Load())
	}
	r.lib.add(r)
}

// Discard removes a recording that has not begun.
func (r *Recording) Discard() {
	_ = r.writer.file.Close() // which is empty
	r.lib.forget(&r.writer.record)
}

// Stop says why the recording ends, and returns a channel that is closed once that is
// stored. The end itself is that its listener has left the mix.
func (r *Recording) Stop(why EndReason) (kept <-chan struct{}) {
	s := step{change: func(record *Record) { record.EndReason = why }, kept: make(chan struct{})}
	if !r.give(s) {
		close(s.kept)
	}
	r.pictures.end()
	wake(r.lib.write)
	r.lib.lookSoon()
	return s.kept
}

// now is the time, whatever the clock of the machine was set to meanwhile.
func (r *Recording) now() time.Time { return r.Began().Add(time.Since(r.origin)) }

// fail tells that nothing more can be written.
func (r *Recording) fail(err error) {
	r.log.Error("recording cannot be written", "error", err)
	if tell := r.failed.Swap(nil); tell != nil {
		(*tell)(err, r.writer.begun)
	}
}

// spare returns an empty buffer.
func (r *Recording) spare() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.empty
	r.empty = nil
	return b[:0]
}
