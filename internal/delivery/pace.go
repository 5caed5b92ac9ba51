package delivery

import "time"

// pace keeps a group's attempts at a destination to the rate that it granted
// ("HTTP 1.1 Web Hooks for Event Delivery", WebHook-Allowed-Rate: requests a
// minute). A tenth of them may come at once; the others are spread over the
// minute, so that no minute sees more, whenever it begins.
type pace struct {
	key     string
	rate    int       // attempts a minute
	free    time.Time // when all that was taken is paid for
	queue   backlog   // what waits for its turn
	members int       // messages that are not over
	wake    time.Time // a look at the queue is on the agenda for then
	leaving bool      // it is on the agenda to be forgotten
}

// paceOf returns the pace of a message, nil where no rate was granted.
func (e *Engine) paceOf(r *record) *pace {
	if r.msg.PerMinute <= 0 {
		return nil
	}
	key := r.msg.Policy + "\x00" + r.msg.Group + "\x00" + r.to.key
	p := e.paces[key]
	if p == nil {
		p = &pace{key: key}
		e.paces[key] = p
	}
	p.rate = r.msg.PerMinute
	p.members++
	return p
}

// unpace notes that a message of a pace is over. What was taken is remembered
// until it is paid for, though nothing waits.
func (e *Engine) unpace(r *record) {
	p := r.pace
	if p == nil {
		return
	}
	p.members--
	if p.members == 0 && !p.leaving {
		p.leaving = true
		e.agenda.at(later(p.free, time.Now()), func() { e.forgetPace(p) })
	}
}

func (e *Engine) forgetPace(p *pace) {
	p.leaving = false
	switch {
	case p.members > 0:
	case p.free.After(time.Now()): // taken while it was on the agenda
		p.leaving = true
		e.agenda.at(p.free, func() { e.forgetPace(p) })
	default:
		delete(e.paces, p.key)
	}
}

// interval is what one attempt takes of the minute, and burst how many may be
// owed: burst and a minute's intervals together are the rate.
func (p *pace) interval() (interval time.Duration, burst int) {
	burst = max(1, p.rate/10)
	if burst == 1 {
		return time.Minute / time.Duration(p.rate), 1
	}
	return time.Minute / time.Duration(p.rate-burst), burst
}

// next is when the next attempt may be made.
func (p *pace) next() time.Time {
	interval, burst := p.interval()
	return p.free.Add(-time.Duration(burst-1) * interval)
}

func (p *pace) ready(now time.Time) bool { return p == nil || !now.Before(p.next()) }

// take notes that an attempt is made.
func (p *pace) take(now time.Time) {
	if p != nil {
		interval, _ := p.interval()
		p.free = later(p.free, now).Add(interval)
	}
}

// paced has a message wait for the rate of its destination, behind those that
// wait already, and reports whether it must.
func (e *Engine) paced(r *record, now time.Time) bool {
	p := r.pace
	if p == nil || p.queue.empty() && p.ready(now) {
		return false
	}
	r.state = queued
	p.queue.push(r)
	e.inQueues++
	e.wakePace(p)
	return true
}

func (e *Engine) wakePace(p *pace) {
	at := p.next()
	if p.queue.empty() || at.Equal(p.wake) {
		return
	}
	p.wake = at
	e.agenda.at(at, func() {
		if p.wake.Equal(at) {
			p.wake = time.Time{}
			e.letGo(p)
		}
	})
}

// letGo starts what waits for its turn and has it now, a turn of the scheduler's
// at most.
func (e *Engine) letGo(p *pace) {
	waiting := p.queue
	p.queue = backlog{} // so that nobody waits behind himself
	for range turn {
		if waiting.empty() || !p.ready(time.Now()) || e.isStopped() {
			break
		}
		if r := waiting.pop(); r.state == queued {
			e.itsTurn(r)
		}
	}
	for !p.queue.empty() { // came meanwhile
		waiting.push(p.queue.pop())
	}
	p.queue = waiting
	e.wakePace(p)
}
