package recording

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/store"
)

const (
	// listenEvery is how long sound waits in memory, and so what a kill may take.
	listenEvery = 400 * time.Millisecond
	// maxWaiting bounds the sound of all recordings that waits for the disk, in
	// bytes: 16 s of 500 mixed recordings.
	maxWaiting = 256 << 20
	// DefaultChunk is how long a chunk is at most, as on ACS.
	DefaultChunk = 4 * time.Hour

	storeTimeout = 30 * time.Second
	finishers    = 8 // recordings that are finished, or read again or announced, at once
)

// Library is all recordings: those that go on, and what is left of the others.
type Library struct {
	cfg         Config
	log         *slog.Logger
	records     *store.Collection[Record]
	files       Files
	free        func() (uint64, error)
	jumps       *jumpWatch
	chunkFrames int64
	waiting     atomic.Int64 // bytes for the writer
	stored      atomic.Int64 // bytes on disk, as of the last sweep
	fresh       atomic.Int64 // bytes that were written since
	composed    atomic.Int64 // pictures, in ms
	composing   progress

	look, write chan struct{} // one token each: something is to be done
	enders      chan struct{} // places of those that are finished
	places      chan struct{} // of those that are read again, or announced
	life        context.Context
	end         context.CancelFunc
	work        sync.WaitGroup // the three goroutines
	finishing   sync.WaitGroup

	mu    sync.Mutex
	going []*Recording
	idle  chan struct{} // closed while none goes on
}

// Open opens the records and the folder. Close ends it.
func Open(cfg Config, log *slog.Logger) (*Library, error) {
	if cfg.Chunk == 0 {
		cfg.Chunk = DefaultChunk
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	files, err := openFolder(cfg.Dir, cfg.Keys)
	if err != nil {
		return nil, err
	}
	records, err := store.NewCollection(cfg.Store, stored)
	if err != nil {
		return nil, err
	}
	l := &Library{
		cfg: cfg, log: log, records: records, files: files, free: files.free, jumps: newJumpWatch(cfg.Clock), chunkFrames: framesOf(cfg.Chunk),
		look: make(chan struct{}, 1), write: make(chan struct{}, 1), enders: make(chan struct{}, finishers), places: make(chan struct{}, finishers), idle: make(chan struct{}),
	}
	close(l.idle)
	l.life, l.end = context.WithCancel(context.Background())
	l.work.Go(l.keepListening)
	l.work.Go(l.keepWriting)
	l.work.Go(l.keepSyncing)
	l.work.Go(l.keepSweeping)
	return l, nil
}

// Finish waits until the recordings that have been stopped are complete and
// announced, or ctx is done.
func (l *Library) Finish(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		<-l.idleNow()
		l.finishing.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// Close ends what is left at once: the next process completes it.
func (l *Library) Close() {
	l.end()
	l.work.Wait()
	l.finishing.Wait()
	l.records.Close()
}

// Stats are how much there is to do.
type Stats struct {
	Active  int           // recordings that go on
	Waiting int64         // bytes that wait for the disk
	Lag     time.Duration // how long the first of them have waited
	Stored  int64         // bytes of all recordings on disk, as of a minute ago

	Composed time.Duration // how much of pictures was composed since the start
}

// Stats returns the present ones.
func (l *Library) Stats() Stats {
	going := l.list()
	s := Stats{Active: len(going), Waiting: l.waiting.Load(), Stored: l.stored.Load(), Composed: time.Duration(l.composed.Load()) * time.Millisecond}
	for now := time.Now(); len(going) > 0; going = going[1:] {
		s.Lag = max(s.Lag, going[0].lag(now))
	}
	return s
}

// keepListening makes samples of what was heard, of all recordings.
func (l *Library) keepListening() {
	for {
		select { // nothing is to be done before there is a recording
		case <-l.look:
		case <-l.life.Done():
			return
		}
		for going := l.list(); len(going) > 0; going = l.list() {
			for _, r := range going {
				if !r.silent && r.listener.listen() {
					r.silent = true
					r.give(step{end: true})
				}
			}
			wake(l.write)
			if !l.sleepOr(listenEvery, l.look) {
				return
			}
		}
	}
}

// keepWriting writes the samples, of all recordings.
func (l *Library) keepWriting() {
	for {
		select {
		case <-l.write:
		case <-l.life.Done():
			return
		}
		for _, r := range l.list() {
			if r.writer.write() {
				l.finishing.Go(func() { l.finish(r) })
			}
		}
		l.checkSpace()
	}
}

// finish completes a recording, while others are written. If the library is closed
// meanwhile, the next process completes it.
func (l *Library) finish(r *Recording) {
	if err := l.inTurn(l.enders, func() error { r.writer.finish(); return nil }); err != nil {
		return
	}
	l.announceSoon(r.writer.record)
	l.remove(r)
}

// checkSpace ends recordings before the disk is full.
func (l *Library) checkSpace() {
	going := l.list()
	if len(going) == 0 {
		return
	}
	if err := l.space(); err != nil {
		for _, r := range going {
			if !r.writer.done {
				r.writer.check(err)
			}
		}
	}
}

// list is the recordings that go on.
func (l *Library) list() []*Recording {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.going)
}

func (l *Library) add(r *Recording) {
	l.mu.Lock()
	if len(l.going) == 0 {
		l.idle = make(chan struct{})
	}
	l.going = append(l.going, r)
	l.mu.Unlock()
	l.lookSoon()
}

func (l *Library) remove(r *Recording) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.going = slices.DeleteFunc(l.going, func(other *Recording) bool { return other == r })
	if len(l.going) == 0 {
		close(l.idle)
	}
}

func (l *Library) idleNow() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.idle
}

// lookSoon has the listening goroutine look at once.
func (l *Library) lookSoon() { wake(l.look) }

func wake(signal chan struct{}) {
	select {
	case signal <- struct{}{}:
	default: // a token is there already
	}
}

// sleep waits; false: the library is closed.
func (l *Library) sleep(d time.Duration) bool { return l.sleepOr(d, nil) }

// sleepOr waits for a signal, or for a time.
func (l *Library) sleepOr(d time.Duration, signal chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-signal:
	case <-l.life.Done():
		return false
	}
	return true
}
