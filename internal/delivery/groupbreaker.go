package delivery

import (
	"net/url"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// GroupBreaker is the circuit breaker of a group at one destination: after too
// many failures in a row, however they failed, retries and new messages are
// delayed. One probe per interval finds out whether to go on. Event Grid calls
// the open circuit probation.
type GroupBreaker struct {
	// After is how many failures in a row it takes; 0: there is no breaker.
	After int
	// For is how long the circuit is open at first after such a failure; the time
	// doubles with each failed probe. 0: such a failure is the event's own, and
	// the endpoint is well.
	For func(o Outcome) time.Duration
	// Longest bounds the time.
	Longest time.Duration
}

// groupKey is a group at a destination.
type groupKey struct{ policy, group, address string }

func groupKeyOf(j *job) groupKey { return groupKey{j.msg.Policy, j.msg.Group, j.to.key.address} }

// groupBreaker is the breaker of a group at a destination.
type groupBreaker struct {
	breaker
	key     groupKey
	group   string
	members int
	opened  int  // how often since its last success
	leaving bool // a timer is set to forget it
}

// breakerMemory is how long the failures of messages that have ended count.
const breakerMemory = 10 * time.Minute

// groupBreakerOf returns the breaker of a message, nil where its policy has none.
func (e *Engine) groupBreakerOf(j *job) *groupBreaker {
	if j.policy.GroupBreaker.After <= 0 || j.msg.Group == "" {
		return nil
	}
	key := groupKeyOf(j)
	b := e.groupBreakers[key]
	if b == nil {
		b = &groupBreaker{key: key, group: j.msg.Group}
		e.groupBreakers[key] = b
	}
	b.members++
	return b
}

// leaveGroupBreaker notes that a message has ended. The failures of a breaker
// without messages count for a while: the next event may be an hour away.
func (e *Engine) leaveGroupBreaker(j *job) {
	b := j.breaker
	if b == nil {
		return
	}
	delete(b.waiting, j)
	b.members--
	if b.members == 0 && !b.leaving {
		if b.failures == 0 {
			e.dropGroupBreaker(b)
			return
		}
		b.leaving = true
		e.timers.about(later(b.until, time.Now()).Add(breakerMemory), func() { e.forgetGroupBreaker(b) })
	}
}

func (e *Engine) forgetGroupBreaker(b *groupBreaker) {
	b.leaving = false
	if b.members == 0 {
		e.dropGroupBreaker(b)
	}
}

// dropGroupBreaker forgets a breaker, unless its group was forgotten and has
// another now.
func (e *Engine) dropGroupBreaker(b *groupBreaker) {
	if e.groupBreakers[b.key] == b {
		delete(e.groupBreakers, b.key)
	}
}

// tellGroupBreaker tells a group's breaker how an attempt ended.
func (e *Engine) tellGroupBreaker(a *attempt, o Outcome, now time.Time) {
	j := a.parts[0].job
	b := j.breaker
	if b == nil {
		return
	}
	if o.isInconclusive() {
		b.cancel()
		return
	}
	rules := a.policy.GroupBreaker
	first := rules.For(o)
	if o.Status != 0 && a.policy.Success(o.Status) || first <= 0 {
		b.opened = 0
		if b.succeeded() {
			e.log.Info("the circuit of a subscription is closed; deliveries go on", "group", j.msg.Group, "destination", j.to.key.address)
			e.reopen(b.release())
		}
		return
	}
	if b.failed(now, rules.After, func(before time.Duration) time.Duration {
		return min(max(first, 2*before), max(rules.Longest, time.Second))
	}) {
		b.opened++
		e.circuits.write(e.log.Warn, "deliveries keep failing; the circuit of the subscription is open (probation)",
			"group", j.msg.Group, "destination", j.to.key.address, "status", o.Status, "error", o.Err, "for", b.interval)
	}
}

// EndProbation closes the circuits of a subscription, whose name is that of its group,
// at an endpoint that has shown by itself that it is there, as by its consent in a
// handshake, and those of the endpoint's host, whatever is sent there. What was held back
// for them is sent, and so is what waited for another endpoint (Policy.Moved).
func (e *Engine) EndProbation(name, endpoint string) {
	if u, err := url.Parse(endpoint); err == nil {
		e.enqueue(journal.MarkEntry(func() { e.closeCircuits(name, addressOf(u)) }))
	}
}

func (e *Engine) closeCircuits(name, address string) {
	for key, b := range e.groupBreakers {
		if b.group != name || key.address != address {
			continue
		}
		b.opened = 0
		if b.succeeded() {
			e.log.Info("the endpoint has consented; the circuit of the subscription is closed", "group", name, "destination", address)
			e.reopen(b.release())
		}
	}
	for key, d := range e.destinations { // of callbacks as well
		if key.address == address {
			e.closeCircuit(d)
		}
	}
	e.hurryMoved(name)
}

// holdBack lets a message back off until its group's breaker allows an attempt.
func (e *Engine) holdBack(j *job, now time.Time) {
	j.heldBack = true
	j.breaker.wait(j)
	e.retryAt(j, j.breaker.nextTry(now))
	e.dropBody(j, j.Due.Sub(now)) // those of a day would fill the memory
	e.advance(j.lane)
}
