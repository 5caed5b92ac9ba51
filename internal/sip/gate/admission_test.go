package gate

import (
	"testing"
	"time"
)

// plant is a server in theory: it handles so many calls a second, and what it
// has not handled waits.
type plant struct {
	*Admission
	capacity float64 // calls a second
	cost     float64 // of a refusal, in calls
	queue    float64 // calls that wait
	finished float64
	due      float64 // calls that are about to come
	now      time.Time
	passes   bool    // its calls are for somebody else to answer
	other    float64 // what else strains it
	worst    time.Duration
}

func newPlant(capacity float64) *plant {
	p := &plant{capacity: capacity, cost: 0.03, now: time.Unix(1_800_000_000, 0)}
	p.Admission = NewAdmission(func(_ time.Time, delay time.Duration) Sample {
		l := Sample{Delay: delay, Others: p.other}
		if p.queue >= 1 {
			l.CPU = 1
		}
		return l
	})
	return p
}

// offer lets calls come at a rate and returns how many a second were handled.
func (p *plant) offer(rate float64, d time.Duration) (goodput float64) {
	const step = time.Millisecond
	handled := 0.0
	for range d / step {
		p.now = p.now.Add(step)
		work := p.capacity * step.Seconds()
		for p.due += rate * step.Seconds(); p.due >= 1; p.due-- {
			wait := time.Duration(p.queue / max(p.capacity, 100) * float64(time.Second))
			p.worst = max(p.worst, wait)
			p.NoteDelay(p.now, wait)
			if p.Admit(p.now) {
				p.queue++
			} else {
				work -= p.cost
			}
		}
		done := min(p.queue, max(work, 0))
		p.queue -= done
		for p.finished += done; p.finished >= 1; p.finished-- {
			if !p.passes {
				p.NoteHandled(p.now)
			}
		}
		handled += done
	}
	return handled / d.Seconds()
}

func TestOverloadKeepsGoodput(t *testing.T) {
	t.Parallel()
	for _, times := range []float64{1.1, 2, 4} {
		p := newPlant(1000)
		p.offer(500, 2*time.Second)
		if p.Load(p.now).Limited {
			t.Fatal("half of the load is refused")
		}
		p.offer(times*1000, time.Second) // to find the rate
		p.worst = 0
		goodput := p.offer(times*1000, 20*time.Second)
		most := 1000 - (times-1)*1000*p.cost // refusing costs, too
		if goodput < 0.95*most {
			t.Errorf("at %v times the load %.0f calls a second are handled, of %.0f", times, goodput, most)
		}
		if p.worst > 20*BearableDelay {
			t.Errorf("at %v times the load calls wait %v", times, p.worst)
		}
	}
}

// slowApplication is a plant whose calls go on to an application that is slower
// than the plant, with a line before it. Like package delivery it tells the wait
// of who leaves the line, a second at most: late news.
type slowApplication struct {
	*plant
	capacity float64
	line     []time.Time // when they joined it
	waits    time.Duration
	left     int
	answered int
}

func newSlowApplication(capacity float64) *slowApplication {
	a := &slowApplication{plant: newPlant(2000), capacity: capacity}
	inner := a.measure
	a.passes = true
	a.measure = func(now time.Time, delay time.Duration) Sample {
		l := inner(now, delay)
		if a.left > 0 {
			l.Others = max(l.Others, float64(a.waits)/float64(a.left)/float64(300*time.Millisecond))
		}
		a.waits, a.left = 0, 0
		return l
	}
	return a
}

func (a *slowApplication) offer(rate float64, d time.Duration) (goodput float64) {
	a.answered = 0
	joined, due := 0.0, 0.0
	for range d / time.Millisecond {
		joined += a.plant.offer(rate, time.Millisecond) / 1000
		for ; joined >= 1; joined-- {
			a.line = append(a.line, a.now)
		}
		for due += a.capacity / 1000; due >= 1; due-- {
			if len(a.line) > 0 {
				a.waits += min(a.now.Sub(a.line[0]), time.Second)
				a.left++
				a.answered++
				a.NoteHandled(a.now)
				a.line = a.line[1:]
			}
		}
	}
	return float64(a.answered) / d.Seconds()
}

func TestSlowApplicationGetsWhatItCanTake(t *testing.T) {
	t.Parallel()
	for _, times := range []float64{1.5, 2, 4} {
		a := newSlowApplication(400)
		a.offer(times*400, 4*time.Second) // to find the rate
		goodput := a.offer(times*400, 20*time.Second)
		if goodput < 0.97*400 {
			t.Errorf("at %v times what it can take it gets %.0f calls a second of 400", times, goodput)
		}
		if len(a.line) > 240 { // 600 ms
			t.Errorf("at %v times %d calls wait for it", times, len(a.line))
		}
	}
}

// TestStandstillIsNoMeasure asks that threads which got no processor for a while,
// as on a machine that others use, do not stop new calls.
func TestStandstillIsNoMeasure(t *testing.T) {
	t.Parallel()
	p := newPlant(1000)
	p.offer(900, 2*time.Second)
	for range 10 {
		p.capacity = 0
		p.offer(900, 150*time.Millisecond)
		p.capacity = 1000
		p.offer(900, 850*time.Millisecond)
	}
	if got := p.offer(900, 5*time.Second); got < 800 {
		t.Errorf("%.0f calls a second are handled after it, of 900", got)
	}
	p.offer(900, 2*time.Second)
	if p.Load(p.now).Limited && p.Load(p.now).Rate < 500 {
		t.Errorf("hardly anybody is let in: %+v", p.Load(p.now))
	}
}

func TestBurstIsForgotten(t *testing.T) {
	t.Parallel()
	p := newPlant(1000)
	p.offer(3000, 5*time.Second)
	if !p.Load(p.now).Limited {
		t.Fatal("three times the load is let in")
	}
	p.offer(500, 4*time.Second)
	if p.Load(p.now).Limited || p.queue > 1 {
		t.Errorf("after the burst %+v, %.0f wait", p.Load(p.now), p.queue)
	}
	p.offer(3000, time.Second)
	p.now = p.now.Add(time.Minute) // nobody calls
	if !p.Admit(p.now) || p.Load(p.now).Limited {
		t.Error("the first call after a pause is refused")
	}
}

func TestSingleDelayRefusesNobody(t *testing.T) {
	t.Parallel()
	p := newPlant(1000)
	p.offer(800, time.Second)
	p.NoteDelay(p.now, 200*time.Millisecond) // a pause of the collector, seen by one message
	p.offer(800, time.Second)
	if p.Load(p.now).Limited {
		t.Error("calls are refused after one late message")
	}
}

// TestStallRefusesNobody asks that a server which stood still, and has the speed
// to catch up within about a second, takes all that came meanwhile.
func TestStallRefusesNobody(t *testing.T) {
	t.Parallel()
	for _, stall := range []time.Duration{100 * time.Millisecond, 300 * time.Millisecond, time.Second} {
		p := newPlant(1600)
		p.offer(500, 2*time.Second)
		p.stands(500, stall)
		for range 20 {
			p.offer(500, 100*time.Millisecond)
			if p.Load(p.now).Limited {
				t.Fatalf("after a stall of %v calls are refused: %+v", stall, p.Load(p.now))
			}
		}
		if p.queue > 1 {
			t.Errorf("%.0f calls of a stall of %v still wait", p.queue, stall)
		}
	}
}

// TestStallUnderFullLoadIsForgotten asks the same of a server that has no speed
// left: it may refuse, and does so no longer than it needs.
func TestStallUnderFullLoadIsForgotten(t *testing.T) {
	t.Parallel()
	p := newPlant(1000)
	p.offer(950, 2*time.Second)
	p.stands(950, time.Second)
	if got := p.offer(950, 5*time.Second); got < 900 {
		t.Errorf("%.0f calls a second are handled in the five seconds after a stall, of 950", got)
	}
	p.offer(950, 2*time.Second)
	if p.Load(p.now).Limited || p.queue > 10 {
		t.Errorf("seven seconds later %+v, %.0f wait", p.Load(p.now), p.queue)
	}
}

// stands is a stall: calls come and nobody reads them.
func (p *plant) stands(rate float64, d time.Duration) {
	p.now = p.now.Add(d)
	p.queue += rate * d.Seconds()
}

func TestQueueThatHardlyFallsIsNotGoneSoon(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		before, strain float64
		took           time.Duration
		want           bool
	}{
		{90, 70, windowLength, true},
		{90, 85, windowLength, false},
		{90, 70, 5 * windowLength, false}, // over half a second
		{70, 90, windowLength, false},
		{90, 90, windowLength, false},
		{2, 0.5, windowLength, false}, // it is gone
	} {
		if got := willEndSoon(test.before, test.strain, test.took); got != test.want {
			t.Errorf("from %v to %v in %v: %v", test.before, test.strain, test.took, got)
		}
	}
}

func TestOthersStrainLetsLessIn(t *testing.T) {
	t.Parallel()
	p := newPlant(1000)
	p.offer(500, time.Second)
	p.other = 2
	p.offer(500, 500*time.Millisecond)
	before := p.Load(p.now)
	p.offer(500, time.Second)
	if now := p.Load(p.now); !before.Limited || now.Rate >= before.Rate || now.Rate < leastRate {
		t.Errorf("rates while the sound suffers: %+v, then %+v", before, now)
	}
	p.offer(500, 10*time.Second)
	if got := p.offer(500, time.Second); got < leastRate-1 {
		t.Errorf("%.1f calls a second are let in at the least", got)
	}
}

// TestSomePassWhateverHappens asks that strain which refusing does not end, as that
// of a busy machine, lets a few in: the server must notice when it is gone.
func TestSomePassWhateverHappens(t *testing.T) {
	p := newPlant(1000)
	p.other = 50
	p.offer(200, 10*time.Second)
	if got := p.offer(200, 10*time.Second); got < 0.9*leastRate || got > 60 {
		t.Errorf("%.1f calls a second pass, want about %v", got, leastRate)
	}
	p.other = 0
	p.offer(200, 5*time.Second)
	if got := p.offer(200, 5*time.Second); got < 190 {
		t.Errorf("%.1f calls a second of 200 pass when it is over", got)
	}
}
