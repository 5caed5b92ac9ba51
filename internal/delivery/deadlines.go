package delivery

import "time"

// deadlines are the time limits of a policy's attempts. All of them take as long, so that
// attempts stand in the order in which their time ends, and need no timers of their own.
// They change in turns.
type deadlines struct {
	slow attemptList // until Timeout
	late attemptList // until Timeout and Late
}

// attemptList is a list of attempts by their time limit.
type attemptList struct{ first, last *attempt }

func (l *attemptList) push(a *attempt) {
	a.limited, a.before, a.after = l, l.last, nil
	if l.last == nil {
		l.first = a
	} else {
		l.last.after = a
	}
	l.last = a
}

// remove takes an attempt out, and out of no list if it is in none.
func (l *attemptList) remove(a *attempt) {
	if l == nil {
		return
	}
	if a.before == nil {
		l.first = a.after
	} else {
		a.before.after = a.after
	}
	if a.after == nil {
		l.last = a.before
	} else {
		a.after.before = a.before
	}
	a.limited, a.before, a.after = nil, nil, nil
}

// due takes out the first attempt if its time has ended; nil: it has not.
func (l *attemptList) due(now time.Time) *attempt {
	a := l.first
	if a == nil || a.limit.After(now) {
		return nil
	}
	l.remove(a)
	return a
}

// limit lets an attempt end when it takes too long.
func (e *Engine) limit(a *attempt) {
	a.limit = a.started.Add(a.policy.Timeout)
	d := e.deadlines[a.policy]
	if d == nil {
		d = &deadlines{}
		e.deadlines[a.policy] = d
	}
	d.slow.push(a)
}

// endSlowAttempts ends attempts whose time has ended, maxPerTurn at most of each policy. One that
// takes longer than its policy's Timeout has failed, but may be answered until Late.
func (e *Engine) endSlowAttempts(now time.Time) {
	for policy, d := range e.deadlines {
		for range maxPerTurn {
			a := d.slow.due(now)
			if a == nil {
				break
			}
			if policy.Late <= 0 {
				a.life.end(notAnswered(policy.Timeout))
				continue
			}
			a.limit = a.started.Add(policy.Timeout + policy.Late)
			d.late.push(a)
			if a.decided.CompareAndSwap(false, true) {
				e.attemptTimedOut(a, policy.Timeout)
			}
		}
		for range maxPerTurn {
			a := d.late.due(now)
			if a == nil {
				break
			}
			a.life.end(notAnswered(policy.Timeout + policy.Late))
		}
	}
}

// nextDeadline returns when the time of an attempt ends next; false: there is none.
func (e *Engine) nextDeadline() (at time.Time, ok bool) {
	for _, d := range e.deadlines {
		for _, a := range [...]*attempt{d.slow.first, d.late.first} {
			if a != nil && (!ok || a.limit.Before(at)) {
				at, ok = a.limit, true
			}
		}
	}
	return at, ok
}
