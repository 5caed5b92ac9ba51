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
	Metrics prometheus.Registerer
}

const (
	fileSize      = 64 << 20 // bytes until the next file is begun
	maxLine       = 4 << 20  // bytes of a record; a call's details are bounded
	queueSize     = 8192     // records that wait to be written
	mostWritten   = 1 << 20  // bytes that are written at once
	flushInterval = 200 * time.Millisecond
	syncInterval  = time.Second
	clockInterval = time.Minute
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
	jumps   *clockjump.Watch // of the writer
	lines   []byte           // of the writer: not written yet
	failing bool             // of the writer: the last write failed
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
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, errors.Join(errors.New("make the folder of call records"), err)
	}
	k := &Keeper{
		cfg: cfg, log: log, files: files{dir: cfg.Dir},
		metrics: newMetrics(cfg.Metrics), closing: make(chan struct{}), flush: make(chan chan struct{}),
	}
	k.jumps = clockjump.New(cfg.Now)
	if gap := k.jumps.Resume(cfg.Dir); gap > 0 {
		log.Warn("the server did not run for long, or the clock of the machine was set forward: for an hour no call records are deleted by their age", "since", gap)
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
	write, sync, clock, prune := time.NewTicker(flushInterval), time.NewTicker(syncInterval), time.NewTicker(clockInterval), time.NewTicker(pruneInterval)
	defer write.Stop()
	defer sync.Stop()
	defer clock.Stop()
	defer prune.Stop()
	k.watchClock()
	k.removeOld()
	for {
		select {
		case <-write.C:
			k.writeAll()
		case <-sync.C:
			k.sync()
		case <-clock.C:
			k.watchClock()
		case <-prune.C:
			k.watchClock()
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

// watchClock looks whether the clock was set forward, and notes that this process is at work:
// but for the time of a doubt, which a start within it must find again.
func (k *Keeper) watchClock() {
	if forward := k.jumps.Look(); forward > 0 {
		k.log.Error("the clock of the machine was set forward: for an hour no call records are deleted by their age", "by", forward)
	}
	if k.jumps.Doubtful() {
		return
	}
	if err := k.jumps.Alive(k.cfg.Dir); err != nil {
		k.log.Warn("it cannot be noted when call records were last written", "error", err)
	}
}

// forever is longer than anything is kept.
const forever = 1 << 62

// removeOld removes files by age, unless the clock is in doubt, and by size.
func (k *Keeper) removeOld() {
	keep := k.cfg.Keep
	if k.jumps.Doubtful() {
		keep = forever
	}
	if err := k.files.prune(k.cfg.Now(), keep, k.cfg.MaxSize); err != nil {
		k.log.Warn("old call records were not removed", "error", err)
	}
}
