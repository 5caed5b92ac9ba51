package delivery

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// Resend delivers an event once more: one that waits for its next attempt gets
// it now, one that has ended is posted anew, with all its attempts, if its body
// is still remembered (Config.KeepBodies). Group, the subscription, may be
// empty. It returns how many deliveries that concerns, for an event has one for
// each subscription, once they are on disk; fault.NotFound if there is none.
func (e *Engine) Resend(id, group string) (int, error) {
	under := map[string]bool{} // groups that have it under way
	e.inTurn(func() {
		for name, g := range e.groups {
			if group != "" && name != group {
				continue
			}
			for _, j := range slices.Clone(g.members) {
				if j.msg.ID == id && j.msg.isEvent() {
					under[name] = true
					e.probeNow(name)
					e.retryNow(j)
				}
			}
		}
	})
	var again []Message
	for _, m := range e.recent.find(id, group) {
		if m, ok := e.asPostedNow(m); ok && !under[m.Group] {
			again = append(again, m)
		}
	}
	if len(under)+len(again) == 0 {
		return 0, fault.NotFound("event %q does not wait for a delivery, and is not remembered any more", id)
	}
	e.inTurn(func() {
		for i := range again {
			e.probeNow(again[i].Group)
		}
	})
	if err := e.Offer(again...); err != nil {
		return len(under), err
	}
	if len(again) > 0 {
		if err := e.Flush(e.writing); err != nil {
			return len(under), err
		}
	}
	return len(under) + len(again), nil
}

// Offer posts messages if there is room for all of them; else it posts none and
// returns fault.Busy, or fault.Invalid for one that could never be taken.
func (e *Engine) Offer(messages ...Message) error {
	for i := range messages {
		if why := e.refuseReplacement(&messages[i]); why != "" {
			return fault.Invalid("event %q cannot be posted: %s", messages[i].ID, why)
		}
	}
	if !e.open.fits(len(messages)) {
		return fault.Busy(time.Minute, "%s", whyFull)
	}
	e.post(messages, e.refuseReplacement)
	return nil
}

// retryNow starts the next attempt of a message that backs off.
func (e *Engine) retryNow(j *job) bool {
	if j.state != backingOff || e.isStopped() {
		return false
	}
	e.cancelRetry(j)
	j.Due = j.Posted
	e.start(j)
	return true
}

// probeNow lets one attempt for a group be made at once where its circuits are open:
// whoever asks for it has repaired the endpoint, or wants to know. Its success closes them.
func (e *Engine) probeNow(group string) {
	now := time.Now()
	for key, b := range e.groupBreakers {
		if b.group != group {
			continue
		}
		b.endPause(now)
		if d := e.destinations[destinationKey{key.policy, key.address}]; d != nil {
			d.endPause(now)
		}
	}
}

// RetryNow starts the next attempt of every message of a group that backs off,
// and returns how many those are.
func (e *Engine) RetryNow(group string) (n int) {
	e.inTurn(func() {
		e.probeNow(group)
		if g := e.groups[group]; g != nil {
			for _, j := range slices.Clone(g.members) {
				if e.retryNow(j) {
					n++
				}
			}
		}
	})
	return n
}

// Await returns when every message of a group has ended, or ctx ends.
func (e *Engine) Await(ctx context.Context, group string) error {
	done := make(chan struct{})
	e.inTurn(func() {
		if g := e.groups[group]; g != nil {
			g.awaiters = append(g.awaiters, done)
		} else {
			close(done)
		}
	})
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		e.inTurn(func() {
			if g := e.groups[group]; g != nil {
				g.awaiters = slices.DeleteFunc(g.awaiters, func(c chan struct{}) bool { return c == done })
			}
		})
		return context.Cause(ctx)
	}
}

// keep remembers the body of an event that has ended, so that it can be resent.
func (e *Engine) keep(m Message) {
	if m.isEvent() && len(m.Body) > 0 { // one whose body could not be read from the journal has none
		e.recent.add(m)
	}
}

// recentMessages are the last messages that have ended, as many as fit.
type recentMessages struct {
	mu       sync.Mutex
	room     int // bytes
	taken    int
	messages fifo[Message]
}

// keptOverhead is about what a message takes beside its body and headers, in
// bytes.
const keptOverhead = 512

func keptSize(m *Message) int {
	size := len(m.Body) + keptOverhead
	for name, value := range m.Header {
		size += len(name) + len(value)
	}
	return size
}

func (k *recentMessages) add(m Message) {
	size := keptSize(&m)
	k.mu.Lock()
	defer k.mu.Unlock()
	if size > k.room {
		return
	}
	k.messages.push(m)
	for k.taken += size; k.taken > k.room; {
		oldest := k.messages.pop()
		k.taken -= keptSize(&oldest)
	}
}

// find returns the newest message of each group with that event.
func (k *recentMessages) find(id, group string) []Message {
	k.mu.Lock()
	defer k.mu.Unlock()
	newest := map[string]Message{}
	for _, m := range k.messages.all() {
		if m.ID == id && (group == "" || m.Group == group) {
			newest[m.Group] = m
		}
	}
	var found []Message
	for _, m := range newest {
		found = append(found, m)
	}
	return found
}
