package delivery

import (
	"maps"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// longestQueue is how long a Last message waits at most for those of its group that are
// queued at a busy destination.
const longestQueue = time.Minute

// group is what ends together: the messages of one connection or subscription.
type group struct {
	name    string
	members []*job // in no order; each knows its place
	room    [4]*job
	last    *job // the Last one, once it is posted
	ended   time.Time
	// awaiters are closed when the group has no members any more.
	awaiters []chan struct{}
}

// onlyLast reports whether nothing is left that the Last message waits for.
func (g *group) onlyLast() bool { return g == nil || len(g.members) <= 1 }

// join takes a message into its group. It reports false for one that came
// after the group's Last.
func (e *Engine) join(j *job) bool {
	name := j.msg.Group
	if name == "" {
		return true
	}
	g := e.groups[name]
	if g == nil {
		g = &group{name: name}
		g.members = g.room[:0]
		e.groups[name] = g
	}
	if g.last != nil {
		return false
	}
	j.group, j.member = g, int32(len(g.members))
	g.members = append(g.members, j)
	if j.msg.Last {
		g.last, g.ended = j, time.Now()
		if !g.onlyLast() {
			e.timers.about(g.ended.Add(j.policy.LastWait), func() { e.endWait(g) })
		}
	}
	return true
}

// leave takes a message that has ended out of its group.
func (e *Engine) leave(j *job) {
	g := j.group
	if g == nil {
		return
	}
	j.group = nil
	g.remove(j)
	switch {
	case len(g.members) == 0:
		for _, awaiter := range g.awaiters {
			close(awaiter)
		}
		if e.groups[g.name] == g {
			delete(e.groups, g.name)
		}
	case g.last != nil && g.onlyLast() && g.last.lane != nil:
		e.advance(g.last.lane)
	}
}

// remove takes a message out of the members.
func (g *group) remove(j *job) {
	end := len(g.members) - 1
	last := g.members[end]
	g.members[j.member], last.member = last, j.member
	g.members[end] = nil
	g.members = g.members[:end]
}

// queues reports whether nothing of the group has failed and a message has had no turn
// yet: its destination answers, but is busy.
func (g *group) queues() bool {
	unsent := false
	for _, j := range g.members {
		switch {
		case j == g.last:
		case j.state == backingOff || j.Attempts > 1 || j.state == queued && j.queuedAt.IsZero():
			return false
		case j.Attempts == 0:
			unsent = true
		}
	}
	return unsent
}

// endWait gives up what the Last message has waited for long enough. What waits for its
// turn at a busy destination is not to blame: it has a minute.
func (e *Engine) endWait(g *group) {
	if g.last == nil || g.last.ended() || g.onlyLast() {
		return
	}
	if wait := g.last.policy.LastWait; time.Since(g.ended)+wait <= max(wait, longestQueue) && g.queues() {
		e.timers.at(time.Now().Add(wait), func() { e.endWait(g) })
		return
	}
	for _, j := range slices.Clone(g.members) {
		if j != g.last {
			e.giveUp(j, "the last event of its group could not wait longer")
		}
	}
}

// dropGroup gives up all messages of a group, maxPerTurn at a time, and cancels
// its attempts.
func (e *Engine) dropGroup(name string) {
	e.cancelAttempts(name)
	g := e.groups[name]
	if g == nil {
		return
	}
	members := slices.Clone(g.members)
	for _, j := range members {
		j.silent = true // also those that are dropped later
	}
	slices.SortFunc(members, bySeq)
	e.log.Info("events of a group are dropped", "group", name, "events", len(members))
	e.dropSome(members)
}

func (e *Engine) dropSome(members []*job) {
	some := members[:min(maxPerTurn, len(members))]
	for _, j := range some {
		e.giveUp(j, whyDeleted)
	}
	if left := members[len(some):]; len(left) > 0 {
		e.timers.at(time.Now(), func() { e.dropSome(left) })
	}
}

// forgetGroup forgets what else is known of a group that was dropped: its
// circuit breakers, and what observers keep.
func (e *Engine) forgetGroup(name string) {
	for _, policy := range e.policies {
		if policy.Observer != nil {
			policy.Observer.Forgotten(name)
		}
	}
	maps.DeleteFunc(e.groupBreakers, func(_ groupKey, w *groupBreaker) bool { return w.group == name })
}

// giveUp ends a message. An attempt under way ends by itself: it may still
// succeed, but nothing waits for it, and no other follows.
func (e *Engine) giveUp(j *job, why string) {
	if j.ended() {
		return
	}
	if j.state != sending {
		e.finish(j, history.Dropped, why)
		return
	}
	j.final, j.beside = true, true
	l := j.lane
	e.leave(j)
	e.advance(l)
}
