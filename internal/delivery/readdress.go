package delivery

import (
	"slices"
	"time"
)

// readdress hands a message that waited over to the one that takes its place, where its
// policy says that it would go elsewhere now, and reports whether it did. That one is in
// the journal before the other leaves it.
func (e *Engine) readdress(j *job, now time.Time) bool {
	if j.state != backingOff && now.Sub(j.Posted) < freshlyAddressed || j.Page() == 0 || !j.policy.moved(&j.msg) {
		return false
	}
	if j.state == queued {
		e.unqueue(j)
	}
	policy := j.policy
	e.open.end(j)
	e.hand(j, Undelivered{Message: j.msg, Posted: j.Posted}, true, func(u Undelivered) []Message {
		if again, ok := policy.Readdress(u.Message, u.Posted); ok {
			return []Message{again}
		}
		return nil
	})
	e.depart(j)
	return true
}

// freshlyAddressed is how long a message that has not been tried goes where it was posted to
// without another look: most are sent at once.
const freshlyAddressed = time.Second

func (p *Policy) moved(m *Message) bool { return p.Moved != nil && p.Moved(m) }

// mostHurried bounds the messages that do not wait for their next attempt when they have
// another destination; those beyond it go there then.
const mostHurried = 10_000

// hurryMoved starts the messages of a group that have another destination now.
func (e *Engine) hurryMoved(name string) {
	g := e.groups[name]
	if g == nil {
		return
	}
	hurried := 0
	for _, j := range slices.Clone(g.members) {
		if hurried < mostHurried && j.state == backingOff && j.policy.moved(&j.msg) && e.retryNow(j) {
			hurried++
		}
	}
}

// asPostedNow is a message that is resent as it would be posted now; false where its
// destination is no more.
func (e *Engine) asPostedNow(m Message) (Message, bool) {
	policy := e.policies[m.Policy]
	if policy == nil || policy.Readdress == nil {
		return m, true
	}
	return policy.Readdress(m, time.Now())
}
