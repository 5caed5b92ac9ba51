package delivery

import (
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// laneState is what a lane's tried messages mean for the next one:
//
//	open → blocked → delayed → open
//
// Open, the next message may be sent. Blocked, it waits until the one before is
// answered. Delayed, it waits until a time: the overlap of an attempt under way
// has begun, or a message that backs off holds the lane no longer.
type laneState byte

const (
	laneOpen laneState = iota
	laneDelayed
	laneBlocked // the last, for it outweighs the others
)

// lane is a queue of messages whose first attempts are made in order.
type lane struct {
	key     laneKey
	waiting []*job
	tried   []*job                           // that may still hold the lane
	room    struct{ waiting, tried [2]*job } // of most lanes
	wake    time.Time                        // a timer is set for then

	sending  int         // first attempts under way
	gathered int         // messages of it in a batch queue
	into     *batchQueue // the one that the last of them went into
	deferred bool        // it is to be advanced when the batch is concluded
}

type laneKey struct{ policy, name string }

func newLane(key laneKey) *lane {
	l := &lane{key: key}
	l.waiting, l.tried = l.room.waiting[:0], l.room.tried[:0]
	return l
}

// admit takes a message that the journal has into its lane and group.
func (e *Engine) admit(j *job) {
	j.policy = e.policies[j.msg.Policy]
	j.outcome.Attempt = j.Attempts
	e.holdBody(j)
	j.msg.Batch = j.msg.Batch.withDefaults()
	target, err := e.targets.of(j.msg.URL, e.transport)
	switch {
	case j.policy == nil: // of a journal that knew another configuration
		e.finish(j, history.Dropped, "its policy is unknown")
		return
	case err != nil || target.url.Host == "" && (target.url.Scheme == "http" || target.url.Scheme == "https"):
		e.finish(j, history.Dropped, "its URL is not valid")
		return
	case e.senders[target.url.Scheme] == nil:
		e.finish(j, history.Dropped, "no sender is configured for the scheme of its URL")
		return
	case !e.join(j):
		e.finish(j, history.Dropped, "it came after the last event of its group")
		return
	}
	j.target, j.to = target, e.destination(j.msg.Policy, target)
	j.breaker = e.groupBreakerOf(j)
	j.limiter = e.limiterOf(j)
	j.batch = e.batchQueueOf(j)
	j.lane = e.laneOf(j)
	now := time.Now()
	// It was being retried, or is delayed. One that only waited for a dead
	// destination, before its restart, keeps its place in the lane.
	if j.Attempts > 0 || j.First.IsZero() && j.Due.After(now) {
		j.lane.tried = append(j.lane.tried, j)
		e.retryAt(j, j.Due)
		e.dropBody(j, j.Due.Sub(now))
	} else {
		j.lane.waiting = append(j.lane.waiting, j)
		e.inLanes++
	}
	e.advance(j.lane)
	if j.state == waiting || j.state == queued {
		e.dropBody(j, 0)
	}
}

// laneOf returns the lane of a message; without a name it has one for itself.
func (e *Engine) laneOf(j *job) *lane {
	if j.msg.Lane == "" {
		return newLane(laneKey{})
	}
	key := laneKey{j.msg.Policy, j.msg.Lane}
	l := e.lanes[key]
	if l == nil {
		l = newLane(key)
		e.lanes[key] = l
	}
	return l
}

// advance starts the messages at the head of a lane while it is open.
func (e *Engine) advance(l *lane) {
	if e.deferred.put(l) {
		return
	}
	now := time.Now()
	for len(l.waiting) > 0 {
		j := l.waiting[0]
		if j.ended() {
			l.waiting = l.waiting[1:]
			e.inLanes--
			continue
		}
		if !l.letsJoin(j) {
			if state, until := l.state(now); state != laneOpen {
				e.wakeLane(l, until)
				return
			}
		}
		if j.msg.Last && !j.group.onlyLast() || e.isStopped() {
			return // the group advances the lane when it is
		}
		l.waiting = l.waiting[1:]
		e.inLanes--
		l.tried = append(l.tried, j)
		j.First = now
		e.start(j)
	}
	clear(l.room.waiting[:])
	l.waiting = l.room.waiting[:0]
	if l.state(now); len(l.tried) == 0 && e.lanes[l.key] == l {
		delete(e.lanes, l.key)
	}
}

// state is that of the tried messages together; those that cannot hold the lane
// any more are removed. Until is when a delayed lane opens.
func (l *lane) state(now time.Time) (state laneState, until time.Time) {
	holding := l.tried[:0]
	for _, j := range l.tried {
		one, free, over := j.holds(now)
		if over {
			continue
		}
		state, until = max(state, one), later(until, free)
		holding = append(holding, j)
	}
	clear(l.tried[len(holding):])
	l.tried = holding
	if state == laneBlocked {
		until = time.Time{}
	}
	return state, until
}

// holds is what one tried message makes of its lane, and until when; over if it
// will not hold the lane again.
func (j *job) holds(now time.Time) (state laneState, until time.Time, over bool) {
	holdEnds := j.First.Add(j.policy.HoldLane)
	switch {
	case j.ended() || j.beside || j.state == unanswered:
		return laneOpen, time.Time{}, true
	case j.state == queued || j.state == sending && j.policy.Overlap == 0:
		return laneBlocked, time.Time{}, false
	case j.state == sending:
		until = j.started.Add(j.policy.Overlap)
		over = !holdEnds.After(now)
	default:
		until, over = holdEnds, true
	}
	if until.After(now) {
		return laneDelayed, until, false
	}
	return laneOpen, time.Time{}, over
}

// letsJoin says whether a message may go with those before it, which have been
// gathered for the same batch.
func (l *lane) letsJoin(j *job) bool {
	return j.batch != nil && l.gathered > 0 && l.into == j.batch && l.sending == 0
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// wakeLane sets a timer to advance a delayed lane, soon after a time.
func (e *Engine) wakeLane(l *lane, at time.Time) {
	if at.IsZero() || at.Equal(l.wake) {
		return
	}
	l.wake = at
	e.timers.about(at, func() { e.advance(l) })
}
