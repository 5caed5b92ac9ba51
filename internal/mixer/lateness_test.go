package mixer

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/audio"
)

func TestOverloadNeedsTwoBadWindows(t *testing.T) {
	const limit = 10 * time.Millisecond
	window := func(late ...time.Duration) []time.Duration {
		return append(make([]time.Duration, lateWindow-len(late)), late...)
	}
	const slow = 30 * time.Millisecond
	good, one, bad := window(), window(slow), window(slow, slow, slow)
	for _, test := range []struct {
		name    string
		windows [][]time.Duration
		want    bool
	}{
		{"nothing yet", nil, false},
		{"calm", [][]time.Duration{good, good}, false},
		{"one late wake in a hundred", [][]time.Duration{one, one}, false},
		{"one bad window", [][]time.Duration{good, bad}, false},
		{"two bad windows", [][]time.Duration{bad, bad}, true},
		{"over again", [][]time.Duration{bad, bad, good}, false},
	} {
		var l lateness
		now := time.Second
		for _, w := range test.windows {
			for _, late := range w {
				now += wakeEvery
				l.record(now, late)
			}
		}
		if got := l.exceeds(limit, now); got != test.want {
			t.Errorf("%s: overloaded %v", test.name, got)
		}
		if len(test.windows) > 0 && !l.exceeds(limit, now+time.Second) {
			t.Errorf("%s: a thread that does not wake for a second is not noticed", test.name)
		}
		if l.reset(); l.exceeds(limit, now+time.Hour) {
			t.Errorf("%s: an idle shard is overloaded", test.name)
		}
	}
}

// slowPort takes its time at every frame, as a port must not.
type slowPort struct{ voice }

func (p *slowPort) ReadFrame(f audio.Frame) bool {
	time.Sleep(9 * time.Millisecond)
	return p.voice.ReadFrame(f)
}

// preempted is a port of a thread that loses the processor for 20 ms in the midst of a
// walk, once in each half of a second.
type preempted struct{ voice }

func (p *preempted) ReadFrame(f audio.Frame) bool {
	if p.reads%25 == 10 {
		time.Sleep(20 * time.Millisecond)
	}
	return p.voice.ReadFrame(f)
}

func TestThreadThatIsInterruptedIsNotFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := New(Config{GoClock: true, Shards: 1, MaxLateness: 10 * time.Second}, quiet())
		defer e.Close()
		e.NewMix(8000).Join(&preempted{})
		time.Sleep(5 * time.Second)
		if s := e.Stats(); e.Overloaded() || e.Strain() > 0.5 || s.Walk < 20*time.Millisecond {
			t.Errorf("overloaded %v, strain %v: %+v", e.Overloaded(), e.Strain(), s)
		}
	})
}

// TestStopsAreBorneAsFarAsConfigured: a thread that has not run for a second.
func TestStopsAreBorneAsFarAsConfigured(t *testing.T) {
	for limit, want := range map[time.Duration]bool{10 * time.Millisecond: true, 900 * time.Millisecond: true, 2 * time.Second: false} {
		var l lateness
		l.begin(time.Second)
		if got := l.exceeds(limit, 2*time.Second); got != want {
			t.Errorf("of %v: overloaded %v", limit, got)
		}
	}
}

func TestBusyShardGetsHelp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := New(Config{GoClock: true}, quiet())
		defer e.Close()
		e.most = 2
		mix := e.NewMix(8000)
		mix.Join(&slowPort{})
		time.Sleep(5 * time.Second)
		if s := e.Stats(); s.Shards != 1 || s.Walk < busyRound {
			t.Fatalf("before: %+v", s)
		}
		other := e.NewMix(8000)
		if s := e.Stats(); s.Shards != 2 || other.shard == mix.shard {
			t.Errorf("after: %d shards", s.Shards)
		}
		if e.Overloaded() {
			t.Error("overloaded with a shard to spare")
		}
		mix.Join(&slowPort{})
		mix.Join(&slowPort{})
		time.Sleep(5 * time.Second)
		if !e.Overloaded() {
			t.Errorf("not overloaded: %+v", e.Stats())
		}
	})
}

// stalling stops the thread for a second, once.
type stalling struct {
	voice
	stalled bool
}

func (p *stalling) ReadFrame(f audio.Frame) bool {
	if p.reads == 100 && !p.stalled {
		p.stalled = true
		time.Sleep(time.Second)
	}
	return p.voice.ReadFrame(f)
}

func TestLongStopIsNotCaughtUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := New(Config{GoClock: true, Shards: 1}, quiet())
		defer e.Close()
		p := &stalling{}
		e.NewMix(8000).Join(p)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if p.reads < 445 || p.reads > 455 { // nine seconds
			t.Errorf("%d frames in ten seconds, one of which the thread had stopped", p.reads)
		}
		if skipped := e.Stats().Skipped; skipped < 190 || skipped > 200 {
			t.Errorf("%d wakes skipped", skipped)
		}
	})
}

func TestRecordingLatenessDoesNotAllocate(t *testing.T) {
	e := prepare(Config{Registerer: prometheus.NewRegistry()}, quiet())
	l := lateness{observe: e.metrics.observe}
	now := time.Second
	if n := testing.AllocsPerRun(1000, func() { now += wakeEvery; l.record(now, time.Millisecond) }); n != 0 {
		t.Errorf("%v allocations a wake", n)
	}
}

func TestMetricsAreThereAndGo(t *testing.T) {
	registry := prometheus.NewRegistry()
	e := New(Config{Registerer: registry}, quiet())
	e.NewMix(8000)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{}
	for _, f := range families {
		found[f.GetName()] = f.GetMetric()[0].GetGauge().GetValue()
	}
	if len(found) != 8 || found["switchhook_mixer_mixes"] != 1 || found["switchhook_mixer_shards"] != 1 {
		t.Errorf("metrics: %v", found)
	}
	e.Close()
	if families, _ = registry.Gather(); len(families) != 0 {
		t.Errorf("%d metrics remain", len(families))
	}
}

// The real clock: how long a wake takes when the machine is at rest is not
// asserted, only that the thread wakes and says what it was granted.
func TestRealClockTicks(t *testing.T) {
	e := New(Config{Shards: 1}, quiet())
	defer e.Close()
	ticked := make(chan struct{})
	e.NewMix(8000).Join(&countdown{left: 5, done: ticked})
	<-ticked
	switch got := e.Stats().Scheduling; got {
	case "nice", "normal":
	default:
		t.Errorf("scheduling %q", got)
	}
}

type countdown struct {
	voice
	left int
	done chan struct{}
}

func (c *countdown) WriteFrame(audio.Frame) {
	if c.left--; c.left == 0 {
		close(c.done)
	}
}
