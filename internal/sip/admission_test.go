package sip

import (
	"testing"
	"time"
)

// plant is a server in theory: it handles so many calls a second, and what it
// has not handled waits.
type plant struct {
	admission
	capacity float64 // calls a second
	cost     float64 // of a refusal, in calls
	queue    float64 // calls that wait
	finished float64
	now      time.Time
	other    float64 // what else strains it
	worst    time.Duration
}

func newPlant(capacity float64) *plant {
	p := &plant{capacity: capacity, cost: 0.03, now: time.Unix(1_800_000_000, 0)}
	p.measure = func(time.Time, time.Duration) load {
		l := load{strain: p.other}
		if p.queue >= 1 {
			l.cpu = 1
		}
		return l
	}
	return p
}

// offer lets calls come at a rate and returns how many a second were handled.
func (p *plant) offer(rate float64, d time.Duration) (goodput float64) {
	const step = time.Millisecond
	handled, due := 0.0, 0.0
	for range d / step {
		p.now = p.now.Add(step)
		work := p.capacity * step.Seconds()
		for due += rate * step.Seconds(); due >= 1; due-- {
			wait := time.Duration(p.queue / p.capacity * float64(time.Second))
			p.worst = max(p.worst, wait)
			p.waited(p.now, wait)
			if p.admit(p.now) {
				p.queue++
			} else {
				work -= p.cost
			}
		}
		done := min(p.queue, max(work, 0))
		p.queue -= done
		for p.finished += done; p.finished >= 1; p.finished-- {
			p.done(p.now)
		}
		handled += done
	}
	return handled / d.Seconds()
}

func TestOverloadKeepsGoodput(t *testing.T) {
	for _, times := range []float64{1.1, 2, 4} {
		p := newPlant(1000)
		p.offer(500, 2*time.Second)
		if p.state(p.now).Limited {
			t.Fatal("half of the load is refused")
		}
		p.offer(times*1000, time.Second) // to find the rate
		p.worst = 0
		goodput := p.offer(times*1000, 20*time.Second)
		most := 1000 - (times-1)*1000*p.cost // refusing costs, too
		if goodput < 0.9*most {
			t.Errorf("at %v times the load %.0f calls a second are handled, of %.0f", times, goodput, most)
		}
		if p.worst > 20*bearable {
			t.Errorf("at %v times the load calls wait %v", times, p.worst)
		}
	}
}

func TestBurstIsForgotten(t *testing.T) {
	p := newPlant(1000)
	p.offer(3000, 5*time.Second)
	if !p.state(p.now).Limited {
		t.Fatal("three times the load is let in")
	}
	p.offer(500, 4*time.Second)
	if p.state(p.now).Limited || p.queue > 1 {
		t.Errorf("after the burst %+v, %.0f wait", p.state(p.now), p.queue)
	}
	p.offer(3000, time.Second)
	p.now = p.now.Add(time.Minute) // nobody calls
	if !p.admit(p.now) || p.state(p.now).Limited {
		t.Error("the first call after a pause is refused")
	}
}

func TestSingleDelayRefusesNobody(t *testing.T) {
	p := newPlant(1000)
	p.offer(800, time.Second)
	p.waited(p.now, 200*time.Millisecond) // a pause of the collector, seen by one message
	p.offer(800, time.Second)
	if p.state(p.now).Limited {
		t.Error("calls are refused after one late message")
	}
}

func TestOthersStrainLetsLessIn(t *testing.T) {
	p := newPlant(1000)
	p.offer(500, time.Second)
	p.other = 2
	p.offer(500, 500*time.Millisecond)
	before := p.state(p.now)
	p.offer(500, 500*time.Millisecond)
	if now := p.state(p.now); !before.Limited || now.Rate >= before.Rate || now.Rate < leastRate {
		t.Errorf("rates while the sound suffers: %+v, then %+v", before, now)
	}
	p.offer(500, 10*time.Second)
	if got := p.offer(500, time.Second); got < leastRate-1 {
		t.Errorf("%.1f calls a second are let in at the least", got)
	}
}
