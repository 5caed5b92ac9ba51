package mixer

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Stats is what goes on in an engine. Times are the worst shard's, over the last
// half second in which somebody was in a mix.
type Stats struct {
	Shards      int
	Mixes       int           // made and not closed
	Members     int           // ports that are walked
	LatenessP99 time.Duration // of the wakes
	LatenessMax time.Duration
	Walk        time.Duration // the longest walk over all calls of a shard, each 20 ms
	Skipped     uint64        // wakes left out because the thread had stopped for over 200 ms
	Moved       uint64        // changes of phase: calls that follow their legs' arrivals
	Panics      uint64        // of ports
	Scheduling  string        // "nice" or "normal": what the system permits
}

// Stats returns what goes on now.
func (e *Engine) Stats() Stats {
	e.mu.Lock()
	shards := e.shards
	e.mu.Unlock()
	all := Stats{Shards: len(shards), Panics: uint64(e.panics.Load())}
	for _, s := range shards {
		all.Mixes += int(s.assigned.Load())
		all.Members += int(s.members.Load())
		all.LatenessP99 = max(all.LatenessP99, time.Duration(s.late.last.Load()))
		all.LatenessMax = max(all.LatenessMax, time.Duration(s.late.worst.Load()))
		all.Walk = max(all.Walk, time.Duration(s.late.walk.Load()))
		all.Skipped += uint64(s.skipped.Load())
		all.Moved += uint64(s.moved.Load())
		all.Scheduling, _ = s.scheduling.Load().(string)
	}
	return all
}

// Overloaded reports whether frames come late or a shard's time is nearly used
// up, so that new calls must be refused before running ones suffer.
func (e *Engine) Overloaded() bool {
	e.mu.Lock()
	shards := e.shards
	e.mu.Unlock()
	now := e.clock.now()
	for _, s := range shards {
		if s.late.exceeds(e.cfg.MaxLateness, now) || time.Duration(s.late.p90.Load()) > fullRound {
			return true
		}
	}
	return false
}

// Strain is how much of what running calls can bear is used up: tick lateness
// against MaxLateness, or the p90 of a shard's walks against its time, whichever is worse.
// Above 1 they suffer. It rises before Overloaded says yes.
func (e *Engine) Strain() (strain float64) {
	e.mu.Lock()
	shards := e.shards
	e.mu.Unlock()
	for _, s := range shards {
		late := min(s.late.before.Load(), s.late.last.Load()) // one pause of the machine is none
		strain = max(strain, float64(late)/float64(e.cfg.MaxLateness), float64(s.late.p90.Load())/float64(fullRound))
	}
	return strain
}

// metrics shows the engine to Prometheus.
type metrics struct {
	registerer prometheus.Registerer
	collectors []prometheus.Collector
	observe    func(seconds float64)
}

func newMetrics(r prometheus.Registerer, e *Engine) *metrics {
	if r == nil {
		return &metrics{}
	}
	late := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "switchhook_mixer_lateness_seconds",
		Help:    "How late a shard's thread woke.",
		Buckets: []float64{.0001, .0005, .001, .002, .005, .01, .02, .05, .1, .5},
	})
	m := &metrics{registerer: r, observe: late.Observe, collectors: []prometheus.Collector{late}}
	gauge := func(name, help string, value func(Stats) float64) {
		m.collectors = append(m.collectors, prometheus.NewGaugeFunc(
			prometheus.GaugeOpts{Name: "switchhook_mixer_" + name, Help: help},
			func() float64 { return value(e.Stats()) }))
	}
	counter := func(name, help string, value func(Stats) float64) {
		m.collectors = append(m.collectors, prometheus.NewCounterFunc(
			prometheus.CounterOpts{Name: "switchhook_mixer_" + name, Help: help},
			func() float64 { return value(e.Stats()) }))
	}
	gauge("shards", "Threads that mix.", func(s Stats) float64 { return float64(s.Shards) })
	gauge("mixes", "Mixes that are open.", func(s Stats) float64 { return float64(s.Mixes) })
	gauge("members", "Ports in a mix.", func(s Stats) float64 { return float64(s.Members) })
	gauge("walk_seconds", "The longest walk over a shard's calls, of 20 ms that it may take.", func(s Stats) float64 { return s.Walk.Seconds() })
	counter("skipped_total", "Wakes left out after the thread had stopped.", func(s Stats) float64 { return float64(s.Skipped) })
	counter("moved_total", "Calls that moved to the phase of their legs' packets.", func(s Stats) float64 { return float64(s.Moved) })
	counter("panics_total", "Ports that panicked and were removed.", func(s Stats) float64 { return float64(s.Panics) })
	for _, c := range m.collectors {
		r.MustRegister(c)
	}
	return m
}

func (m *metrics) unregister() {
	for _, c := range m.collectors {
		m.registerer.Unregister(c)
	}
}
