package delivery

import (
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// pace keeps a group's attempts at a destination to the rate that it granted
// ("HTTP 1.1 Web Hooks for Event Delivery", WebHook-Allowed-Rate: requests a
// minute). A tenth of them may come at once; the others are spread over the
// minute, so that no minute sees more, whenever it begins.
type limiter struct {
	key     string
	bucket  *ratelimit.Bucket
	queue   jobFIFO   // what waits for its turn
	members int       // messages that are not over
	wake    time.Time // a look at the queue is on the agenda for then
	leaving bool      // it is on the agenda to be forgotten
}

// paceOf returns the pace of a message, nil where no rate was granted.
func (e *Engine) limiterOf(r *job) *limiter {
	if r.msg.PerMinute <= 0 {
		return nil
	}
	key := r.msg.Policy + "\x00" + r.msg.Group + "\x00" + r.to.key
	p := e.limiters[key]
	if p == nil {
		p = &limiter{key: key, bucket: ratelimit.NewBucket(rateOf(r.msg.PerMinute))}
		e.limiters[key] = p
	} else {
		p.bucket.SetRate(rateOf(r.msg.PerMinute))
	}
	p.members++
	return p
}

// unpace notes that a message of a pace is over. What was taken is remembered
// until it is paid for, though nothing waits.
func (e *Engine) leaveLimiter(r *job) {
	p := r.limiter
	if p == nil {
		return
	}
	p.members--
	if p.members == 0 && !p.leaving {
		p.leaving = true
		e.timers.at(later(p.bucket.Full(), time.Now()), func() { e.forgetLimiter(p) })
	}
}

func (e *Engine) forgetLimiter(p *limiter) {
	p.leaving = false
	switch {
	case p.members > 0:
	case p.bucket.Full().After(time.Now()): // taken while it was on the agenda
		p.leaving = true
		e.timers.at(p.bucket.Full(), func() { e.forgetLimiter(p) })
	default:
		delete(e.limiters, p.key)
	}
}

// rateOf is a rate a minute, of which a tenth may come at once: burst and a
// minute's tokens together are what was granted.
func rateOf(perMinute int) ratelimit.Rate {
	burst := max(1, perMinute/10)
	if burst == 1 {
		return ratelimit.Every(time.Minute / time.Duration(perMinute))
	}
	return ratelimit.Rate{PerSecond: float64(perMinute-burst) / 60, Burst: burst}
}

func (p *limiter) ready(now time.Time) bool { return p == nil || !now.Before(p.bucket.Next()) }

// take notes that an attempt is made.
func (p *limiter) take(now time.Time) {
	if p != nil {
		p.bucket.Take(now)
	}
}

// paced has a message wait for the rate of its destination, behind those that
// wait already, and reports whether it must.
func (e *Engine) limited(r *job, now time.Time) bool {
	p := r.limiter
	if p == nil || p.queue.empty() && p.ready(now) {
		return false
	}
	r.state = queued
	p.queue.push(r)
	e.inQueues++
	e.wakeLimiter(p)
	return true
}

func (e *Engine) wakeLimiter(p *limiter) {
	at := p.bucket.Next()
	if p.queue.empty() || at.Equal(p.wake) {
		return
	}
	p.wake = at
	e.timers.at(at, func() {
		if p.wake.Equal(at) {
			p.wake = time.Time{}
			e.startLimited(p)
		}
	})
}

// letGo starts what waits for its turn and has it now, a turn of the scheduler's
// at most.
func (e *Engine) startLimited(p *limiter) {
	waiting := p.queue
	p.queue = jobFIFO{} // so that nobody waits behind himself
	for range maxPerTurn {
		if waiting.empty() || !p.ready(time.Now()) || e.isStopped() {
			break
		}
		if r := waiting.pop(); r.state == queued {
			e.startFromQueue(r)
		}
	}
	for !p.queue.empty() { // came meanwhile
		waiting.push(p.queue.pop())
	}
	p.queue = waiting
	e.wakeLimiter(p)
}
