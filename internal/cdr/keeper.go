package cdr

import (
	"errors"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/clockjump"
)

// Config says where records are kept and for how long. Zero values take the
// defaults that the comments name.
type Config struct {
	Dir     string           // made where it is missing
	Keep    time.Duration    // 30 days
	MaxSize int64            // bytes of all files; 1 GiB
	Now     func() time.Time // time.Now
	Doubts  *clockjump.Watch // of the clock: nothing is deleted by its age meanwhile; nil: one of its own
	Metrics prometheus.Registerer
}

const (
	fileSize      = 64 << 20 // bytes until the next file is begun
	maxLine       = 4 << 20  // bytes of a record; a call's details are bounded
	queueSize     = 8192     // records that wait to be written
	mostWritten   = 1 << 20  // bytes that are written at once
	flushInterval = 200 * time.Millisecond
	syncInterval  = time.Second
	pruneInterval = time.Hour
)

// Keeper writes a detail record of each call that has ended. It implements call.Details.
type Keeper struct {
	cfg     Config
	log     *slog.Logger
	files   files
	records queue
	lost    atomic.Uint64
	metrics *metrics
	done    sync.WaitGroup
	closing chan struct{}
	flush   chan chan struct{}
	lines   []byte // of the writer: not written yet
	failing bool   // of the writer: the last write failed
}

// Open makes the folder and starts writing. Close ends it.
func Open(cfg Config, log *slog.Logger) (*Keeper, error) {
	if cfg.Keep == 0 {
		cfg.Keep = 30 * 24 * time.Hour
	}
	if cfg.MaxSize == 0 {
		cfg.MaxSize = 1 << 30
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Doubts == nil {
		cfg.Doubts = clockjump.New(cfg.Now, log)
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, errors.Join(errors.New("make the folder of call records"), err)
	}
	k := &Keeper{
		cfg: cfg, log: log, files: files{dir: cfg.Dir},
		metrics: newMetrics(cfg.Metrics), closing: make(chan struct{}), flush: make(chan chan struct{}),
	}
	k.done.Go(k.run)
	return k, nil
}

// CallOver takes a record. It never waits: a disk that is far too slow, or full for long,
// costs records, not calls.
func (k *Keeper) CallOver(d call.Detail) {
	k.metrics.observe(d)
	if k.records.put(d) {
		return
	}
	if k.lost.Add(1) == 1 {
		k.log.Error("call records are lost: the disk does not keep up")
	}
	k.metrics.lost.Inc()
}

// Flush waits until what was taken so far has been written.
func (k *Keeper) Flush() {
	written := make(chan struct{})
	select {
	case k.flush <- written:
		<-written
	case <-k.closing:
	}
}

// Close writes what is left and ends.
func (k *Keeper) Close() {
	close(k.closing)
	k.done.Wait()
}

// run gathers records for a moment and writes them together.
func (k *Keeper) run() {
	defer k.files.close()
	write, sync, prune := time.NewTicker(flushInterval), time.NewTicker(syncInterval), time.NewTicker(pruneInterval)
	defer write.Stop()
	defer sync.Stop()
	defer prune.Stop()
	k.removeOld()
	for {
		select {
		case <-write.C:
			k.writeAll()
		case <-sync.C:
			k.sync()
		case <-prune.C:
			k.removeOld()
		case written := <-k.flush:
			k.writeAll()
			close(written)
		case <-k.closing:
			k.writeLast()
			return
		}
	}
}

// forever is longer than anything is kept.
const forever = 1 << 62

// removeOld removes files by age, unless the clock is in doubt, and by size.
func (k *Keeper) removeOld() {
	keep := k.cfg.Keep
	if k.cfg.Doubts.Doubtful() {
		keep = forever
	}
	if err := k.files.prune(k.cfg.Now(), keep, k.cfg.MaxSize); err != nil {
		k.log.Warn("old call records were not removed", "error", err)
	}
}
