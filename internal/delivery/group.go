package delivery

import (
	"maps"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// group is what ends together: the messages of one connection or subscription.
type group struct {
	name    string
	members map[*job]struct{}
	last    *job // the Last one, once it is posted
	ended   time.Time
	// awaiters are closed when the group has no members any more.
	awaiters []chan struct{}
}

// onlyLast reports whether nothing is left that the Last message waits for.
func (g *group) onlyLast() bool { return g == nil || len(g.members) <= 1 }

// join takes a message into its group. It reports false for one that came
// after the group's Last.
func (e *Engine) join(r *job) bool {
	name := r.msg.Group
	if name == "" {
		return true
	}
	g := e.groups[name]
	if g == nil {
		g = &group{name: name, members: map[*job]struct{}{}}
		e.groups[name] = g
	}
	if g.last != nil {
		return false
	}
	g.members[r] = struct{}{}
	r.group = g
	if r.msg.Last {
		g.last, g.ended = r, time.Now()
		if !g.onlyLast() {
			e.timers.at(g.ended.Add(r.policy.LastWait), func() { e.endWait(g) })
		}
	}
	return true
}

// leave takes a message that is over out of its group.
func (e *Engine) leave(r *job) {
	g := r.group
	if g == nil {
		return
	}
	r.group = nil
	delete(g.members, r)
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

// endWait gives up what the Last message has waited for long enough.
func (e *Engine) endWait(g *group) {
	if g.last == nil || g.last.ended() || g.onlyLast() {
		return
	}
	for r := range g.members {
		if r != g.last {
			e.giveUp(r, "the last event of its group could not wait longer")
		}
	}
}

// dropGroup gives up all messages of a group, a turn of them at a time, and
// ends its attempts.
func (e *Engine) dropGroup(name string) {
	e.cutOff(name)
	g := e.groups[name]
	if g == nil {
		return
	}
	members := make([]*job, 0, len(g.members))
	for r := range g.members {
		r.silent = true // also those whose turn comes later
		members = append(members, r)
	}
	slices.SortFunc(members, bySeq)
	e.log.Info("events of a group are dropped", "group", name, "events", len(members))
	e.dropSome(members)
}

func (e *Engine) dropSome(members []*job) {
	some := members[:min(maxPerTurn, len(members))]
	for _, r := range some {
		e.giveUp(r, whyDeleted)
	}
	if left := members[len(some):]; len(left) > 0 {
		e.timers.at(time.Now(), func() { e.dropSome(left) })
	}
}

// forgetGroup forgets what else is known of a group that was dropped: metrics,
// and the failures that count for its probation.
func (e *Engine) forgetGroup(name string) {
	for _, policy := range e.policies {
		if policy.Observer != nil {
			policy.Observer.Forgotten(name)
		}
	}
	maps.DeleteFunc(e.groupBreakers, func(_ string, w *groupBreaker) bool { return w.group == name })
}

// giveUp ends a message. An attempt that flies ends by itself: it may succeed
// yet, but nothing waits for it, and no other follows.
func (e *Engine) giveUp(r *job, why string) {
	if r.ended() {
		return
	}
	if r.state != sending {
		e.finish(r, history.Dropped, why)
		return
	}
	r.final, r.beside = true, true
	l := r.lane
	e.leave(r)
	e.advance(l)
}
