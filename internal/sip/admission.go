package sip

import (
	"sync"
	"time"
)

// The law by which new calls are let in while the server has too much to do.
const (
	// window is how long the load is watched before the rate is judged.
	window = 100 * time.Millisecond
	// bearable is the mean time from a message's arrival to its handling above
	// which work piles up faster than it is done. Without a queue it is below 1 ms.
	bearable = 10 * time.Millisecond
	// busyCPU is the share of the processors at which growing gets careful.
	busyCPU = 0.9
	// leastRate is let in whatever happens, and leastBurst at once: a machine that
	// others keep busy gains nothing by refusing the few calls that come.
	leastRate, leastBurst = 20.0, 10.0 // calls a second, calls
	// lag is how long a lower rate may need to show: what waits already is done first.
	lag = 800 * time.Millisecond
	// patientWindows with too much to do and no end in sight set the limit.
	patientWindows = 2
	// soon is within how many windows the end of a queue must be in sight: what a
	// server that stood still for a second finds is mostly done by then.
	soon = 10
	// calmWindows without need of the limit lift it.
	calmWindows = 10
	// forgotten is a pause after which the last judgement says nothing.
	forgotten = 2 * time.Second
)

// load is what a window saw.
type load struct {
	strain float64 // the worst of what suffers, 1 is what can be borne
	cpu    float64 // share of all processors, 0 to 1
}

// admission lets new calls in: all of them while the server keeps up, else as
// many a second as it can serve. The rate falls by as much as the load is too
// high and creeps up while it is not, so that the server stays just busy. What
// piled up while the server stood still is no reason to refuse as long as it
// quickly gets less. Time is an argument: only who calls knows what it is.
type admission struct {
	measure func(now time.Time, delay time.Duration) load // of the window that ends; delay is its messages' mean

	mu      sync.Mutex
	limited bool
	rate    float64 // calls a second while limited
	tokens  float64
	filled  time.Time

	peak float64   // the rate that was too much; 0 while nothing is
	cut  time.Time // when peak was lowered last
	pace float64   // calls a second that were handled lately
	good float64   // the most of them, slowly forgotten

	began   time.Time // of the present window
	handled int       // calls that were let in and have been answered or refused by whom they were for
	refused int
	delays  time.Duration // of the window's messages together
	heard   int
	piling  int // windows in which there was too much to do, and not about to be done
	calm    int // windows in a row that did not need the limit
	last    load
}

// waited notes how long a message lay between its arrival and its handling.
func (a *admission) waited(now time.Time, delay time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turn(now)
	a.delays += max(delay, 0)
	a.heard++
}

// admit asks for one more call.
func (a *admission) admit(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turn(now)
	if a.limited && !a.token(now) {
		a.refused++
		return false
	}
	return true
}

// done notes that a call which was let in has been answered or refused.
func (a *admission) done(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turn(now)
	a.handled++
}

// token takes one from the bucket, which holds a fifth of a second's.
func (a *admission) token(now time.Time) bool {
	a.tokens = min(max(leastBurst, a.rate/5), a.tokens+a.rate*now.Sub(a.filled).Seconds())
	a.filled = now
	if a.tokens < 1 {
		return false
	}
	a.tokens--
	return true
}

// turn ends the window where its time is over, and judges it.
func (a *admission) turn(now time.Time) {
	took := now.Sub(a.began)
	switch {
	case took < window:
		return
	case took >= forgotten: // nobody called, so nothing is too much
		a.limited, a.peak, a.pace, a.good, a.piling, a.last = false, 0, 0, 0, 0, load{}
	default:
		a.judge(now, took)
	}
	a.began, a.handled, a.refused, a.delays, a.heard = now, 0, 0, 0, 0
}

func (a *admission) judge(now time.Time, took time.Duration) {
	var delay time.Duration
	if a.heard > 0 {
		delay = a.delays / time.Duration(a.heard)
	}
	// A thread that stood still for a window has handled nothing in it and much in
	// the next: only several together tell the pace.
	a.pace += 0.2 * (float64(a.handled)/took.Seconds() - a.pace)
	a.good = max(a.pace, 0.995*a.good)
	before := a.last.strain
	a.last = a.measure(now, delay)
	ending := goesSoon(before, a.last.strain, took)
	switch {
	case a.last.strain <= 1:
		a.piling = 0
		if a.limited {
			a.grow()
		}
	case ending:
		a.calm = 0
	case a.limited:
		a.shrink(now)
	default:
		if a.piling++; a.piling >= patientWindows {
			a.limit(now)
			a.shrink(now)
		}
	}
}

// goesSoon reports whether strain above 1 will be gone soon, if it goes on to
// fall as it did in the last window.
func goesSoon(before, strain float64, took time.Duration) bool {
	fell := (before - strain) * float64(window) / float64(took)
	return strain > 1 && fell > 0 && strain-1 < soon*fell
}

// limit begins to refuse, at what was handled lately.
func (a *admission) limit(now time.Time) {
	a.limited, a.tokens, a.filled = true, leastBurst, now
	a.peak, a.cut = a.pace, now
}

// shrink lets less in than was handled, so much less that what waits gets done.
func (a *admission) shrink(now time.Time) {
	switch {
	case a.peak == 0:
		a.peak, a.cut = min(a.rate, a.pace), now
	case now.Sub(a.cut) >= lag: // it was still too much
		a.peak, a.cut = 0.8*a.peak, now
	}
	a.calm = 0
	a.peak = max(a.peak, a.least())
	a.rate = max(a.least(), a.peak*max(0.3, min(0.95, 1/a.last.strain)))
}

// least is let in whatever happens: a part of what went well a while ago, so that
// a queue which takes long to empty does not stop everything.
func (a *admission) least() float64 { return max(leastRate, a.good/10) }

// grow goes back to nearly what was too much, then on with care.
func (a *admission) grow() {
	if a.refused > 0 {
		a.calm = 0
	} else if a.calm++; a.calm >= calmWindows {
		a.limited, a.peak = false, 0
		return
	}
	if a.peak > 0 {
		a.rate, a.peak = max(a.rate, 0.92*a.peak), 0
		return
	}
	switch {
	case a.last.strain > 0.7:
	case a.last.cpu >= busyCPU || a.last.strain > 0.3:
		a.rate *= 1.02
	default:
		a.rate = a.rate*1.08 + 1
	}
}

// Load is how much a server has to do, as its last tenth of a second with calls saw it.
type Load struct {
	Limited bool    // new calls are refused beyond Rate
	Rate    float64 // calls a second that are let in while Limited
	Strain  float64 // of what suffers most; above 1 less is let in
	CPU     float64 // share of the processors that the process took, 0 to 1
}

func (a *admission) state(now time.Time) Load {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turn(now)
	l := Load{Limited: a.limited, Strain: a.last.strain, CPU: a.last.cpu}
	if a.limited {
		l.Rate = a.rate
	}
	return l
}
