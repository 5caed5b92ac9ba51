package recording

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/recording/vault"
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

// Config is what a Library needs.
type Config struct {
	Resource string // GUID of the resource
	Store    store.Backend
	Dir      string      // the folder of the files
	Keys     *vault.Ring // encrypts them; nil: they are plain
	// MinFree is how many bytes the disk must have free; below it no recording
	// begins, and those that go on end.
	MinFree uint64
	// Quota is how many bytes all recordings may take on the disk, with the same
	// consequences; 0: there is none.
	Quota uint64
	// Announce tells that the files of a recording can be downloaded, and returns
	// when that cannot be lost any more. It is called again after an error, and, if
	// the process ends before it returns, by the next one.
	Announce func(context.Context, Record) error
	Chunk    time.Duration // 0: DefaultChunk

	Converter Converter     // makes mp3 and mp4; nil: nothing does
	Composer  Composer      // makes mp4 of pictures; nil: the picture is a still one
	Retention time.Duration // how long recordings are kept after their end; 0: for ever
	// Exporting reports whether the files of a recording, by its GUID, are still to be
	// copied elsewhere; nil: they never are.
	Exporting func(guid string) bool
	// Deleting is told before the files of a chunk are deleted, by whomever; nil: nobody
	// is. After an error they are not. It is told again by the next process if this one
	// ends meanwhile.
	Deleting func(context.Context, Record, int) error
	// Cameras show what is seen in calls; nil: recordings have no pictures.
	Cameras Cameras
	Clock   func() time.Time // of the machine; nil: time.Now
	// MaskTones makes the keys that participants press silent.
	MaskTones bool
}

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

// announceSoon tells that a recording can be downloaded.
func (l *Library) announceSoon(record Record) {
	l.finishing.Go(func() { l.announce(record) })
}

// inTurn does something of which only so much shall happen at once, as there are places.
func (l *Library) inTurn(places chan struct{}, do func() error) error {
	select {
	case places <- struct{}{}:
	case <-l.life.Done():
		return l.life.Err()
	}
	defer func() { <-places }()
	return do()
}

// announceRetry are the delays after failures.
var announceRetry = backoff.Exponential{First: 100 * time.Millisecond, Longest: 30 * time.Second, Jitter: 0.25}

func (l *Library) announce(record Record) {
	for attempt := 1; ; attempt++ {
		err := l.prepare(&record, attempt)
		if err == nil {
			err = l.inTurn(l.places, func() error { return l.cfg.Announce(l.life, record) })
		}
		if err == nil {
			err = l.records.Update(l.life, record.key(), func(r *Record) error {
				if r.State == Going { // its end could not be stored
					*r = record
				}
				r.State = Announced
				return nil
			})
		}
		if err == nil || l.life.Err() != nil || fault.Is(err, fault.KindNotFound) { // it was deleted meanwhile
			return
		}
		l.log.Warn("the end of a recording could not be announced", "recording", record.key(), "error", err)
		if !l.sleep(announceRetry.Delay(attempt)) {
			return
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
