package delivery

import (
	"time"
)

// Probation leaves the deliveries of a group to one destination alone when too
// many in a row have failed, however they failed: later retries and new
// messages are delayed. One probe after each interval finds out whether to go on.
type GroupBreaker struct {
	// After is how many failures in a row it takes; 0: there is no probation.
	After int
	// For is how long the circuit is open at first after such a failure; the time
	// doubles with each failed probe. 0: such a failure is the event's own, and
	// the endpoint is well.
	For func(o Outcome) time.Duration
	// Longest bounds the time.
	Longest time.Duration
}

// ward is the breaker of a group at a destination.
type groupBreaker struct {
	breaker
	key     string
	group   string
	members int
	opened  int  // how often since its last success
	leaving bool // it is on the agenda to be forgotten
}

// wardMemory is how long failures of messages that are over still count.
const breakerMemory = 10 * time.Minute

// wardOf returns the ward of a message, nil where its policy has no probation.
func (e *Engine) groupBreakerOf(r *job) *groupBreaker {
	if r.policy.GroupBreaker.After <= 0 || r.msg.Group == "" {
		return nil
	}
	key := r.msg.Policy + "\x00" + r.msg.Group + "\x00" + r.to.key
	w := e.groupBreakers[key]
	if w == nil {
		w = &groupBreaker{key: key, group: r.msg.Group}
		e.groupBreakers[key] = w
	}
	w.members++
	return w
}

// discharge notes that a message of a ward is over. The failures of a ward
// without messages count for a while: the next event may be an hour away.
func (e *Engine) leaveGroupBreaker(r *job) {
	w := r.breaker
	if w == nil {
		return
	}
	delete(w.waiting, r)
	w.members--
	if w.members == 0 && !w.leaving {
		if w.failures == 0 {
			e.dropGroupBreaker(w)
			return
		}
		w.leaving = true
		e.timers.at(later(w.until, time.Now()).Add(breakerMemory), func() { e.forgetGroupBreaker(w) })
	}
}

func (e *Engine) forgetGroupBreaker(w *groupBreaker) {
	w.leaving = false
	if w.members == 0 {
		e.dropGroupBreaker(w)
	}
}

// dropWard forgets a ward, unless its group was forgotten and has another now.
func (e *Engine) dropGroupBreaker(w *groupBreaker) {
	if e.groupBreakers[w.key] == w {
		delete(e.groupBreakers, w.key)
	}
}

// learn tells a ward how an attempt of it ended.
func (e *Engine) tellGroupBreaker(f *attempt, o Outcome, now time.Time) {
	r := f.parts[0].job
	w := r.breaker
	if w == nil {
		return
	}
	if o.isInconclusive() {
		w.cancel()
		return
	}
	rules := f.policy.GroupBreaker
	first := rules.For(o)
	if o.Status != 0 && f.policy.Success(o.Status) || first <= 0 {
		w.opened = 0
		if w.succeeded() {
			e.log.Info("probation is over", "group", r.msg.Group, "destination", r.to.key)
			e.reopen(w.release())
		}
		return
	}
	if w.failed(now, rules.After, func(before time.Duration) time.Duration {
		return min(max(first, 2*before), max(rules.Longest, time.Second))
	}) {
		w.opened++
		e.log.Warn("deliveries keep failing, the subscription is on probation",
			"group", r.msg.Group, "destination", r.to.key, "status", o.Status, "error", o.Err, "for", w.interval)
	}
}

// detain lets a message rest until its ward may be tried again.
func (e *Engine) holdBack(r *job, now time.Time) {
	r.heldBack = true
	r.breaker.wait(r)
	e.retryAt(r, r.breaker.nextTry(now))
	e.advance(r.lane)
}
