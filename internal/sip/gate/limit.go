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
	// drainTime is within what time the part of a queue is to be done that is longer than
	// bearable: the rate is lower by that share of it.
	drainTime = 500 * time.Millisecond
	// othersWeight is the share by which the rate is lower for each 1 of strain above 1
	// that others than the queue of messages have.
	othersWeight = 0.3
	// leastInflow is the least share of the base that is let in to empty a queue.
	leastInflow = 0.3
	// busyCPU is the share of the processors at which growing gets careful.
	busyCPU = 0.9
	// leastRate is let in whatever happens, and leastBurst at once: a machine that
	// others keep busy gains nothing by refusing the few calls that come.
	leastRate, leastBurst = 20.0, 10.0 // calls a second, calls
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

// By which share the base changes with a window.
const (
	shrinking      = 0.02 // with too much to do
	shrinkingMore  = 0.05 // at most, in addition, as less is let in
	growing        = 0.05
	growingGently  = 0.01 // while there is nearly too much to do
	growingQuickly = 0.2  // while nothing is known of what is too much
)

// limit is the rate at which calls are let in: a proportional-integral controller. Its
// base, the rate that the server seems able to serve, changes slowly, so that a
// collection of garbage or a busy moment of the machine is no reason to refuse for
// long. What is let in is less than the base by as much as a queue is too long.
// The zero limit is none.
type limit struct {
	phase  limitPhase
	base   float64    // calls a second that the server seems able to serve
	rate   float64    // calls a second that are let in
	bases  [2]float64 // the base before each of the last two windows, while searching
	tokens float64
	filled time.Time

	observed       int     // windows since calls began to come
	throughput     float64 // calls a second that were handled lately
	bestThroughput float64 // the most of them, slowly forgotten

	overloadedWindows int // in which there was too much to do, and not about to be done
	calmWindows       int // in a row that did not need the limit
}

// limitPhase is how much is known of the base.
//
//	off → draining: windowsToLimit overloaded windows
//	draining → searching: a window that was not overloaded
//	searching → draining: one that was, while the base was lower than what was handled
//	searching → tracking: one that was, else
//	each → off: windowsToLift windows in which nobody was refused
type limitPhase uint8

const (
	off       limitPhase = iota
	draining             // the base is what was handled while it was too much
	searching            // it is too low, by an unknown part
	tracking             // it is about right
)

// active reports whether there is a limit.
func (l *limit) active() bool { return l.phase != off }

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
	l.observed++
	l.throughput += max(0.2, 1/float64(l.observed)) * (handled - l.throughput)
	l.bestThroughput = max(l.throughput, 0.995*l.bestThroughput)
}

// overloaded is a window with too much to do and no end in sight.
func (l *limit) overloaded(now time.Time, s Sample) {
	switch l.phase {
	case off:
		if l.overloadedWindows++; l.overloadedWindows < windowsToLimit {
			return
		}
		l.phase, l.base, l.tokens, l.filled = draining, l.throughput, leastBurst, now
	case draining: // what is handled with a queue is what can be
		l.base = max(l.base, l.throughput)
	case searching:
		if l.base == l.bases[0] && l.base < l.throughput { // it is the rest of the first queue
			l.phase, l.base = draining, l.throughput
			break
		}
		l.phase = tracking // what the last two windows added came too late to be seen in them
		l.base = l.bases[0]
	}
	l.base *= 1 - shrinking - shrinkingMore*(1-s.inflow())
	l.hold(s)
}

// hold is a window that needs the limit: what waits will soon be done with it.
func (l *limit) hold(s Sample) {
	l.calmWindows = 0
	l.setRate(s)
}

// relieved is a window that was not overloaded.
func (l *limit) relieved(s Sample, refused bool) {
	l.overloadedWindows = 0
	switch l.phase {
	case off:
		return
	case draining:
		l.phase = searching
		l.bases = [2]float64{l.base, l.base}
	case searching:
		l.bases = [2]float64{l.bases[1], l.base}
	}
	switch {
	case refused:
		l.calmWindows = 0
		l.base *= 1 + l.growth(s)
	case l.calmWindows+1 >= windowsToLift:
		l.phase = off
		return
	default: // that the base is not too much says nothing while fewer come
		l.calmWindows++
	}
	l.setRate(s)
}

// growth is by which share the base grows with a window that was not overloaded.
func (l *limit) growth(s Sample) float64 {
	switch strain := s.Strain(); {
	case strain > 0.7:
		return 0
	case strain > 0.3 || s.CPU >= busyCPU:
		return growingGently
	case l.phase == searching:
		return growingQuickly
	}
	return growing
}

// setRate sets the rate to the base, less what a queue needs to get shorter.
func (l *limit) setRate(s Sample) {
	l.base = max(l.base, l.least())
	l.rate = max(l.least(), l.base*s.inflow())
}

// least is let in whatever happens: a part of what went well a while ago, so that
// a queue which takes long to empty does not stop everything.
func (l *limit) least() float64 { return max(leastRate, l.bestThroughput/10) }

// willEndSoon reports whether strain above 1 will be gone soon, if it goes on to
// fall as it did in the last window.
func willEndSoon(before, strain float64, took time.Duration) bool {
	fell := (before - strain) * float64(windowLength) / float64(took)
	return strain > 1 && fell > 0 && strain-1 < windowsToDrain*fell
}
