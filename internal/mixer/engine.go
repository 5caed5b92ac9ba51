package mixer

import (
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/audio"
)

// The defaults of Config.
const (
	// DefaultMaxLateness is far above what an undisturbed thread shows (1 ms) and
	// below what a jitter buffer hides (20 ms).
	DefaultMaxLateness = 10 * time.Millisecond
	// busyRound is the p90 of walks over all calls, one every 20 ms, above which
	// new calls go to another shard.
	busyRound = 8 * time.Millisecond
	// fullRound is the p90 of walks above which a shard can take no more.
	fullRound = 16 * time.Millisecond
)

// Config is what an Engine needs. Its zero value works.
type Config struct {
	// Shards fixes how many threads mix. 0 starts one and adds another whenever the p90 of
	// walks over a shard's calls exceeds 8 ms, up to the number of cores.
	Shards int
	// MaxLateness is the p99 of tick lateness above which Overloaded says so.
	MaxLateness time.Duration
	// GoClock sleeps with Go's timers instead of the kernel's absolute deadlines,
	// on ordinary goroutines. Systems other than Linux always do; elsewhere it is
	// for testing/synctest, where an hour of sound then passes in no time.
	GoClock bool
	// Registerer takes the metrics; nil for none.
	Registerer prometheus.Registerer
}

// Engine owns the shards and spreads mixes over them.
type Engine struct {
	cfg     Config
	log     *slog.Logger
	clock   clock
	metrics *metrics
	work    sync.WaitGroup // shards, and log lines that they may not write themselves
	panics  atomic.Int64
	most    int // shards, when they are added on demand

	mu     sync.Mutex
	shards []*shard
	made   int // mixes, for spreading phases
	closed bool
}

// New returns a running engine. While nobody is in a mix it costs nothing.
func New(cfg Config, log *slog.Logger) *Engine {
	e := prepare(cfg, log)
	for range max(e.cfg.Shards, 1) {
		e.start()
	}
	return e
}

// prepare makes an engine without a shard.
func prepare(cfg Config, log *slog.Logger) *Engine {
	if cfg.MaxLateness <= 0 {
		cfg.MaxLateness = DefaultMaxLateness
	}
	e := &Engine{cfg: cfg, log: log, clock: newClock(cfg.GoClock), most: runtime.NumCPU()}
	e.metrics = newMetrics(cfg.Registerer, e)
	return e
}

// start adds a running shard. New aside, the caller holds e.mu.
func (e *Engine) start() *shard {
	s := newShard(e, e.clock)
	s.late.observe = e.metrics.observe
	e.shards = append(e.shards, s)
	e.work.Go(s.run)
	return s
}

// Close makes everybody leave every mix, has their ports closed and waits until
// the threads are gone.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closed = true
	shards := e.shards
	e.mu.Unlock()
	for _, s := range shards {
		s.commands.Put(command{do: (*shard).end})
	}
	for _, s := range shards {
		<-s.done
	}
	e.work.Wait()
	e.metrics.unregister()
}

// NewMix returns a mix without members at a rate in Hz: 8000 or 16000. Another
// rate is a mistake of the program and panics. Close the mix when its call ends.
func (e *Engine) NewMix(rate int) *Mix {
	if rate != 8000 && rate != maxRate {
		panic(fmt.Sprintf("mixer: a mix of %d Hz", rate))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.pick()
	s.assigned.Add(1)
	e.made++
	m := &Mix{shard: s, phase: e.made % phases, samples: audio.Samples(rate)}
	m.members = m.usual[:0]
	m.rate.Store(int64(rate))
	return m
}

// pick returns the shard with the least to do, a new one if even that is busy.
func (e *Engine) pick() *shard {
	best := e.shards[0]
	for _, s := range e.shards[1:] {
		if s.load() < best.load() {
			best = s
		}
	}
	busy := time.Duration(best.late.p90.Load()) > busyRound
	if busy && e.cfg.Shards == 0 && len(e.shards) < e.most && !e.closed {
		e.log.Info("mixer shard added", "shards", len(e.shards)+1)
		return e.start()
	}
	return best
}

func (s *shard) load() int64 { return s.members.Load() + s.assigned.Load() }

// panicked counts and logs a port's panic, away from the shard.
func (e *Engine) panicked(cause any, stack []byte) {
	e.panics.Add(1)
	e.work.Go(func() {
		e.log.Error("port panicked and was removed from its mix", "panic", cause, "stack", string(stack))
	})
}

func (e *Engine) closeFailed(err error) {
	e.work.Go(func() { e.log.Warn("port did not close cleanly", "error", err) })
}
