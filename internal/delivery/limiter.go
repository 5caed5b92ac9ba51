package delivery

import (
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// limiter is a token bucket: it limits a group's attempts at a destination to the
// rate that was granted
// ("HTTP 1.1 Web Hooks for Event Delivery", WebHook-Allowed-Rate: requests a
// minute). A tenth of them may come at once; the others are spread over the
// minute, so that no minute sees more, whenever it begins.
type limiter struct {
	key     groupKey
	bucket  *ratelimit.Bucket
	queue   jobFIFO   // what waits for a token
	members int       // messages that have not ended
	wake    time.Time // a timer is set for the queue then
	leaving bool      // a timer is set to forget it
}

// limiterOf returns the limiter of a message, nil where no rate was granted.
func (e *Engine) limiterOf(j *job) *limiter {
	if j.msg.PerMinute <= 0 {
		return nil
	}
	key := groupKeyOf(j)
	p := e.limiters[key]
	if p == nil {
		p = &limiter{key: key, bucket: ratelimit.NewBucket(rateOf(j.msg.PerMinute))}
		e.limiters[key] = p
	} else {
		p.bucket.SetRate(rateOf(j.msg.PerMinute))
	}
	p.members++
	return p
}

// leaveLimiter notes that a message has ended. The bucket is remembered until it
// is full again, though nothing waits.
func (e *Engine) leaveLimiter(j *job) {
	p := j.limiter
	if p == nil {
		return
	}
	p.members--
	if p.members == 0 && !p.leaving {
		p.leaving = true
		e.timers.about(later(p.bucket.Full(), time.Now()), func() { e.forgetLimiter(p) })
	}
}

func (e *Engine) forgetLimiter(p *limiter) {
	p.leaving = false
	switch {
	case p.members > 0:
	case p.bucket.Full().After(time.Now()): // a token was taken while the timer ran
		p.leaving = true
		e.timers.about(p.bucket.Full(), func() { e.forgetLimiter(p) })
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

// limited queues a message for a token, behind those that wait already, and
// reports whether it must wait.
func (e *Engine) limited(j *job, now time.Time) bool {
	p := j.limiter
	if p == nil || p.queue.empty() && p.ready(now) {
		return false
	}
	j.state = queued
	p.queue.push(j)
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

// startLimited starts what waits for a token while there are any, maxPerTurn at
// most.
func (e *Engine) startLimited(p *limiter) {
	waiting := p.queue
	p.queue = jobFIFO{} // so that no message waits behind itself
	for range maxPerTurn {
		if waiting.empty() || !p.ready(time.Now()) || e.isStopped() {
			break
		}
		if j := waiting.pop(); j.state == queued {
			e.startFromQueue(j)
		}
	}
	for !p.queue.empty() { // came meanwhile
		waiting.push(p.queue.pop())
	}
	p.queue = waiting
	e.wakeLimiter(p)
}
