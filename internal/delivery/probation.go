package delivery

import (
	"errors"
	"time"
)

// ErrProbation is the outcome of an event that was given up without a further
// attempt, because its subscription's deliveries keep failing.
var ErrProbation = errors.New("the subscription is on probation: its last deliveries failed")

// Probation leaves the deliveries of a group to one destination alone when too
// many in a row have failed, however they failed: later retries and new
// messages are delayed. One probe after each interval finds out whether to go on.
type Probation struct {
	// After is how many failures in a row it takes; 0: there is no probation.
	After int
	// For is how long it lasts after a failure of that name, at first; the time
	// doubles with each failed probe. 0: such a failure is the event's own, and
	// the endpoint is well.
	For func(name string) time.Duration
	// Longest bounds the time.
	Longest time.Duration
}

// ward is the breaker of a group at a destination.
type ward struct {
	breaker
	key     string
	group   string
	members int
	times   int  // that it was put on probation since its last success
	leaving bool // it is on the agenda to be forgotten
}

// wardMemory is how long failures of messages that are over still count.
const wardMemory = 10 * time.Minute

// wardOf returns the ward of a message, nil where its policy has no probation.
func (e *Engine) wardOf(r *record) *ward {
	if r.policy.Probation.After <= 0 || r.msg.Group == "" {
		return nil
	}
	key := r.msg.Policy + "\x00" + r.msg.Group + "\x00" + r.to.key
	w := e.wards[key]
	if w == nil {
		w = &ward{key: key, group: r.msg.Group}
		e.wards[key] = w
	}
	w.members++
	return w
}

// discharge notes that a message of a ward is over. The failures of a ward
// without messages count for a while: the next event may be an hour away.
func (e *Engine) discharge(r *record) {
	w := r.ward
	if w == nil {
		return
	}
	delete(w.resting, r)
	w.members--
	if w.members == 0 && !w.leaving {
		if w.failures == 0 {
			e.dropWard(w)
			return
		}
		w.leaving = true
		e.agenda.at(later(w.until, time.Now()).Add(wardMemory), func() { e.forgetWard(w) })
	}
}

func (e *Engine) forgetWard(w *ward) {
	w.leaving = false
	if w.members == 0 {
		e.dropWard(w)
	}
}

// dropWard forgets a ward, unless its group was forgotten and has another now.
func (e *Engine) dropWard(w *ward) {
	if e.wards[w.key] == w {
		delete(e.wards, w.key)
	}
}

// learn tells a ward how an attempt of it ended.
func (e *Engine) learn(f *flight, o Outcome, now time.Time) {
	r := f.seats[0].rec
	w := r.ward
	if w == nil {
		return
	}
	if o.saysNothing() {
		w.probing = false
		return
	}
	rules, name := f.policy.Probation, o.Name()
	if o.Status != 0 && f.policy.Success(o.Status) || rules.For(name) <= 0 {
		w.times = 0
		if w.succeeded() {
			e.log.Info("probation is over", "group", r.msg.Group, "destination", r.to.key)
			e.reopen(w.release())
		}
		return
	}
	if w.failed(now, rules.After, func(before time.Duration) time.Duration {
		return min(max(rules.For(name), 2*before), max(rules.Longest, time.Second))
	}) {
		w.times++
		e.log.Warn("deliveries keep failing, the subscription is on probation",
			"group", r.msg.Group, "destination", r.to.key, "outcome", name, "for", w.interval)
	}
}

// probations is how often the message's subscription was put on probation.
func (r *record) probations() int {
	if r.ward == nil {
		return 0
	}
	return r.ward.times
}

// detain lets a message rest until its ward may be tried again.
func (e *Engine) detain(r *record, now time.Time) {
	r.detained = true
	r.ward.rest(r)
	e.restUntil(r, r.ward.wake(now))
	e.pump(r.lane)
}
