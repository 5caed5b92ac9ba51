package gate

import "time"

// The control law by which new calls are let in while the server is overloaded
// (docs/decisions/0007).
const (
	// windowLength is how long the load is watched before the rate is judged.
	windowLength = 100 * time.Millisecond
	// BearableDelay is the mean time from a message's arrival to its handling above
	// which work piles up faster than it is done. Without a queue it is below 1 ms.
	BearableDelay = 10 * time.Millisecond
	// busyCPU is the share of the processors at which growing gets careful.
	busyCPU = 0.9
	// leastRate is let in whatever happens, and leastBurst at once: a machine that
	// others keep busy gains nothing by refusing the few calls that come.
	leastRate, leastBurst = 20.0, 10.0 // calls a second, calls
	// reactionTime is how long a lower rate may need to show: what waits already is
	// done first.
	reactionTime = 800 * time.Millisecond
	// windowsToLimit with too much to do and no end in sight set the limit.
	windowsToLimit = 2
	// windowsToDrain is within how many windows the end of a queue must be in sight:
	// what a server that stood still for a second finds is mostly done by then.
	windowsToDrain = 10
	// windowsToLift without need of the limit lift it.
	windowsToLift = 10
	// idleReset is a pause after which the last judgement says nothing.
	idleReset = 2 * time.Second
)

// limit is the rate at which calls are let in. The zero limit is none.
//
//	none → active: windowsToLimit overloaded windows
//	active → none: windowsToLift windows in which nobody was refused
type limit struct {
	active bool
	rate   float64 // calls a second
	tokens float64
	filled time.Time

	excess      float64   // the rate that was too much; 0 while nothing is
	excessSince time.Time // when excess was lowered last

	throughput     float64 // calls a second that were handled lately
	bestThroughput float64 // the most of them, slowly forgotten

	overloadedWindows int // in which there was too much to do, and not about to be done
	calmWindows       int // in a row that did not need the limit
}

// take takes a token from the bucket, which holds a fifth of a second's.
func (l *limit) take(now time.Time) bool {
	l.tokens = min(max(leastBurst, l.rate/5), l.tokens+l.rate*now.Sub(l.filled).Seconds())
	l.filled = now
	if l.tokens < 1 {
		return false
	}
	l.tokens--
	return true
}

// observe notes how many calls a second a window handled. A thread that stood
// still for a window has handled nothing in it and much in the next: only several
// together tell the throughput.
func (l *limit) observe(handled float64) {
	l.throughput += 0.2 * (handled - l.throughput)
	l.bestThroughput = max(l.throughput, 0.995*l.bestThroughput)
}

// overloaded is a window with too much to do and no end in sight.
func (l *limit) overloaded(now time.Time, strain float64) {
	if !l.active {
		if l.overloadedWindows++; l.overloadedWindows < windowsToLimit {
			return
		}
		l.active, l.tokens, l.filled = true, leastBurst, now
		l.excess, l.excessSince = l.throughput, now
	}
	l.shrink(now, strain)
}

// shrink lets less in than was handled, so much less that what waits gets done.
func (l *limit) shrink(now time.Time, strain float64) {
	switch {
	case l.excess == 0:
		l.excess, l.excessSince = min(l.rate, l.throughput), now
	case now.Sub(l.excessSince) >= reactionTime: // it was still too much
		l.excess, l.excessSince = 0.8*l.excess, now
	}
	l.calmWindows = 0
	l.excess = max(l.excess, l.least())
	l.rate = max(l.least(), l.excess*max(0.3, min(0.95, 1/strain)))
}

// least is let in whatever happens: a part of what went well a while ago, so that
// a queue which takes long to empty does not stop everything.
func (l *limit) least() float64 { return max(leastRate, l.bestThroughput/10) }

// relieved is a window that was not overloaded: the rate goes back to nearly what
// was too much, then on with care.
func (l *limit) relieved(s Sample, refused bool) {
	l.overloadedWindows = 0
	if !l.active {
		return
	}
	if refused {
		l.calmWindows = 0
	} else if l.calmWindows++; l.calmWindows >= windowsToLift {
		l.active, l.excess = false, 0
		return
	}
	switch {
	case l.excess > 0:
		l.rate, l.excess = max(l.rate, 0.92*l.excess), 0
	case s.Strain > 0.7:
	case s.CPU >= busyCPU || s.Strain > 0.3:
		l.rate *= 1.02
	default:
		l.rate = l.rate*1.08 + 1
	}
}

// willEndSoon reports whether strain above 1 will be gone soon, if it goes on to
// fall as it did in the last window.
func willEndSoon(before, strain float64, took time.Duration) bool {
	fell := (before - strain) * float64(windowLength) / float64(took)
	return strain > 1 && fell > 0 && strain-1 < windowsToDrain*fell
}
