package recording

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/clockjump"
	"github.com/switchhook/switchhook/internal/datadir"
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
	chunkFrames int64
	waiting     atomic.Int64         // bytes for the writer
	seen        map[string]time.Time // of the sweeping goroutine: since when recordings were there to be deleted, by their keys
	stored      atomic.Int64         // bytes on disk, as of the last sweep
	fresh       atomic.Int64         // bytes that were written since
	composed    atomic.Int64         // pictures, in ms
	composing   progress

	look, write chan struct{} // one token each: something is to be done
	enders      chan struct{} // places of those that are finished
	places      chan struct{} // of those that are read again, or announced
	life        context.Context
	end         context.CancelFunc
	work        sync.WaitGroup // those of all recordings
	finishing   sync.WaitGroup

	mu      sync.Mutex
	going   []*Recording
	idle    chan struct{}   // closed while none goes on
	claimed map[string]bool // by key: recordings that somebody deletes, or keeps for another time
}

// Open opens the records and the folder. Close ends it.
func Open(cfg Config, log *slog.Logger) (*Library, error) {
	if cfg.Chunk == 0 {
		cfg.Chunk = DefaultChunk
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Doubts == nil {
		cfg.Doubts = clockjump.New(cfg.Clock, log)
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
		cfg: cfg, log: log, records: records, files: files, free: func() (uint64, error) { return datadir.Free(cfg.Dir) }, seen: make(map[string]time.Time), chunkFrames: framesOf(cfg.Chunk), claimed: make(map[string]bool),
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
