package gate

import (
	"sync"
	"time"
)

// Sample is what a window of time saw of the load.
type Sample struct {
	Delay  time.Duration // from a message's arrival to its handling, on average
	Others float64       // strain of what suffers most besides, 1 is what can be borne
	CPU    float64       // share of all processors, 0 to 1
}

// Strain is that of what suffers most, 1 is what can be borne.
func (s Sample) Strain() float64 {
	return max(float64(s.Delay)/float64(BearableDelay), s.Others)
}

// inflow is the share of what can be served that may come so that what waits gets done.
func (s Sample) inflow() float64 {
	own := 1 - float64(s.Delay-BearableDelay)/float64(drainTime)
	others := 1 - othersWeight*(s.Others-1)
	return max(leastInflow, min(own, others, 1))
}

// Load is how much a server has to do, as its last tenth of a second with calls saw it.
type Load struct {
	Limited bool    // new calls are refused beyond Rate
	Rate    float64 // calls a second that are let in while Limited
	Strain  float64 // of what suffers most; above 1 less is let in
	CPU     float64 // share of the processors that the process took, 0 to 1
}

// Admission is overload control (RFC 6357): it lets all new calls in while the
// server keeps up, else as many a second as it can serve. The rate follows what the
// server seems able to do, slowly, and falls below it by as much as a queue is too
// long, so that the server stays just busy. What piled up while the server stood
// still is no reason to refuse as long as it quickly gets less.
type Admission struct {
	measure func(now time.Time, delay time.Duration) Sample

	mu     sync.Mutex
	limit  limit
	window windowCounts
	last   Sample
	start  time.Time // of the present window
}

// windowCounts are what happened in the present window.
type windowCounts struct {
	handled  int           // calls that were let in and have been answered or refused by whom they were for
	refused  int           // calls that were not let in
	messages int           // that were handled
	delay    time.Duration // of all these messages together
}

// NewAdmission makes one that lets everybody in. measure is asked at the end of
// each window; delay is the mean of the window's messages. The admission is
// locked meanwhile.
func NewAdmission(measure func(now time.Time, delay time.Duration) Sample) *Admission {
	return &Admission{measure: measure}
}

// NoteDelay notes how long a message lay between its arrival and its handling.
func (a *Admission) NoteDelay(now time.Time, delay time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turn(now)
	a.window.delay += max(delay, 0)
	a.window.messages++
}

// Admit asks for one more call.
func (a *Admission) Admit(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turn(now)
	if a.limit.active() && !a.limit.take(now) {
		a.window.refused++
		return false
	}
	return true
}

// NoteHandled notes that a call which was let in has been answered or refused.
func (a *Admission) NoteHandled(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turn(now)
	a.window.handled++
}

// Load tells how much there is to do.
func (a *Admission) Load(now time.Time) Load {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turn(now)
	l := Load{Limited: a.limit.active(), Strain: a.last.Strain(), CPU: a.last.CPU}
	if a.limit.active() {
		l.Rate = a.limit.rate
	}
	return l
}

// turn ends the window where its time is over, and judges it.
func (a *Admission) turn(now time.Time) {
	took := now.Sub(a.start)
	switch {
	case took < windowLength:
		return
	case took >= idleReset: // nobody called, so nothing is too much
		a.limit, a.last = limit{}, Sample{}
	default:
		a.judge(now, took)
	}
	a.start, a.window = now, windowCounts{}
}

// judge moves the limit by what the window saw.
func (a *Admission) judge(now time.Time, took time.Duration) {
	var delay time.Duration
	if a.window.messages > 0 {
		delay = a.window.delay / time.Duration(a.window.messages)
	}
	a.limit.observe(float64(a.window.handled) / took.Seconds())
	before := a.last.Strain()
	a.last = a.measure(now, delay)
	switch strain := a.last.Strain(); {
	case strain <= 1:
		a.limit.relieved(a.last, a.window.refused > 0)
	case willEndSoon(before, strain, took):
		a.limit.hold(a.last)
	default:
		a.limit.overloaded(now, a.last)
	}
}
