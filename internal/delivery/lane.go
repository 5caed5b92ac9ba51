package delivery

import (
	"net/url"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// lane keeps the order of first attempts.
type lane struct {
	key     string
	waiting []*job
	// front holds the messages that were tried and may still hold the lane.
	front []*job
	wake  time.Time // a reminder to look again is set for then

	sending  int         // first attempts under way
	gathered int         // messages of it that wait in a bucket
	into     *batchQueue // the one that the last of them went into
	later    bool        // it is to be pumped when the landing is over
}

// admit takes a message that the journal has into its lane and group.
func (e *Engine) admit(r *job) {
	r.policy = e.policies[r.msg.Policy]
	r.outcome.Attempt = r.Attempts
	r.size = len(r.msg.Body)
	r.msg.Batch = r.msg.Batch.withDefaults()
	target, err := url.Parse(r.msg.URL)
	switch {
	case r.policy == nil: // of a journal that knew another configuration
		e.finish(r, history.Dropped, "its policy is unknown")
		return
	case err != nil || target.Host == "" && (target.Scheme == "http" || target.Scheme == "https"):
		e.finish(r, history.Dropped, "its URL is not one")
		return
	case e.senders[target.Scheme] == nil:
		e.finish(r, history.Dropped, "nothing here delivers to such a URL")
		return
	case !e.join(r):
		e.finish(r, history.Dropped, "it came after the last event of its group")
		return
	}
	r.to = e.destination(target)
	r.breaker = e.groupBreakerOf(r)
	r.limiter = e.limiterOf(r)
	r.batch = e.batchQueueOf(r)
	r.lane = e.laneOf(r)
	now := time.Now()
	// It was being retried, or is delayed. One that only rested for a dead
	// destination, before its restart, keeps its place in the lane.
	if r.Attempts > 0 || r.First.IsZero() && r.Due.After(now) {
		r.lane.front = append(r.lane.front, r)
		e.retryAt(r, r.Due)
		e.dropBody(r, r.Due.Sub(now))
	} else {
		r.lane.waiting = append(r.lane.waiting, r)
		e.inLanes++
	}
	e.advance(r.lane)
}

// laneOf returns the lane of a message; without a name it has one for itself.
func (e *Engine) laneOf(r *job) *lane {
	if r.msg.Lane == "" {
		return &lane{}
	}
	key := r.msg.Policy + "\x00" + r.msg.Lane
	l := e.lanes[key]
	if l == nil {
		l = &lane{key: key}
		e.lanes[key] = l
	}
	return l
}

// pump starts the messages at the head of a lane that nothing holds.
func (e *Engine) advance(l *lane) {
	if e.deferred.later(l) {
		return
	}
	now := time.Now()
	for len(l.waiting) > 0 {
		r := l.waiting[0]
		if r.ended() {
			l.waiting = l.waiting[1:]
			e.inLanes--
			continue
		}
		if !l.lets(r) {
			if free, held := l.held(now); held {
				e.remind(l, free)
				return
			}
		}
		if r.msg.Last && !r.group.onlyLast() || e.isStopped() {
			return // the group pumps when it is
		}
		l.waiting = l.waiting[1:]
		e.inLanes--
		l.front = append(l.front, r)
		r.First = now
		e.start(r)
	}
	l.waiting = nil
	if l.held(now); len(l.front) == 0 && e.lanes[l.key] == l {
		delete(e.lanes, l.key)
	}
}

// held says whether a tried message holds the lane, and until when; the zero
// time means until that message moves. Those that cannot hold it again leave.
func (l *lane) held(now time.Time) (until time.Time, held bool) {
	front := l.front[:0]
	endless := false
	for _, r := range l.front {
		free := r.First.Add(r.policy.HoldLane)
		moving := r.state == queued || r.state == sending
		if r.ended() || r.beside || !moving && !free.After(now) {
			continue
		}
		if moving && r.state == sending && r.policy.Overlap > 0 {
			free = r.started.Add(r.policy.Overlap)
		}
		switch {
		case moving && (r.state == queued || r.policy.Overlap == 0):
			endless = true
		case free.After(now):
			held = true
			until = later(until, free)
		case !r.First.Add(r.policy.HoldLane).After(now):
			continue // it will not hold the lane again
		}
		front = append(front, r)
	}
	clear(l.front[len(front):])
	l.front = front
	if endless {
		return time.Time{}, true
	}
	return until, held
}

// lets says whether a message may leave with those before it, which have been
// gathered for the same batch.
func (l *lane) lets(r *job) bool {
	return r.batch != nil && l.gathered > 0 && l.into == r.batch && l.sending == 0
}

// pumps puts the pumping of lanes off while a batch lands.
type deferredLanes struct {
	held  bool
	lanes []*lane
}

func (p *deferredLanes) hold() { p.held = true }

func (p *deferredLanes) later(l *lane) bool {
	if !p.held {
		return false
	}
	if !l.later {
		l.later = true
		p.lanes = append(p.lanes, l)
	}
	return true
}

// free pumps what was put off.
func (p *deferredLanes) free(e *Engine) {
	p.held = false
	lanes := p.lanes
	p.lanes = nil
	for _, l := range lanes {
		l.later = false
		e.advance(l)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// remind has the lane looked at again at that time.
func (e *Engine) remind(l *lane, at time.Time) {
	if at.IsZero() || at.Equal(l.wake) {
		return
	}
	l.wake = at
	e.timers.at(at, func() { e.advance(l) })
}
