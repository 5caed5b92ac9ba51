package delivery

import (
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// Post queues messages, those of one call in their order with nothing between
// them. It never blocks and never fails; a message is accepted when the journal
// has it, which Flush waits for. One that is too large or too many is dropped,
// logged and recorded.
func (e *Engine) Post(messages ...Message) { e.post(messages, e.refuse) }

func (e *Engine) post(messages []Message, refuse func(*Message) string) {
	var room [2]journal.Entry // of what most events take
	entries := room[:0]
	now := time.Now()
	for _, m := range messages {
		j := newJob(m, now)
		if why := refuse(&j.msg); why != "" {
			e.dropRefused(j, why)
			if len(m.Release) > 0 { // the holds must end all the same
				entries = append(entries, journal.ReleaseEntry(m.Release...))
			}
			continue
		}
		if m.Delay > 0 {
			j.Due = now.Add(m.Delay)
		}
		e.open.add(j)
		entries = append(entries, journal.EntryOf(&j.Record))
	}
	e.enqueue(entries...)
}

// dropRefused records a message that is not taken.
func (e *Engine) dropRefused(j *job, why string) {
	m := &j.msg
	e.refusals.write(e.log.Error, "event is dropped before it was accepted", "reason", why, "id", m.ID, "note", m.Note, "group", m.Group)
	e.note(j, history.Dropped, why)
	if o := e.observerOf(m); o != nil {
		o.Ended(m, history.Dropped, why)
	}
}

// refuse says why a message cannot be taken, "" if it can.
func (e *Engine) refuse(m *Message) string {
	if why := e.refuseReplacement(m); why != "" {
		return why
	}
	return e.open.refuse(m.Group, m.Last)
}

// refuseReplacement is refuse for a message that takes the place of another one.
func (e *Engine) refuseReplacement(m *Message) string {
	switch {
	case len(m.Body) > MaxBody:
		return "its body is too large"
	case e.policies[m.Policy] == nil:
		return "its policy is unknown"
	}
	return ""
}

// Hold queues a promise, in order with what is posted. A newer hold of the same
// key takes the place of the older one.
func (e *Engine) Hold(key string, body []byte) {
	if len(body) > MaxBody {
		e.log.Error("hold is dropped because its body is too large", "key", key, "bytes", len(body))
		return
	}
	e.enqueue(journal.HoldEntry(journal.Hold{Key: key, Body: body}))
}

// Release queues the end of a hold. A key that is not held is no mistake.
func (e *Engine) Release(key string) {
	e.enqueue(journal.ReleaseEntry(key))
}

// Unwritten counts what was posted or held and is not in the journal yet.
func (e *Engine) Unwritten() int { return e.journal.Unwritten() }

// ForgetSubscription drops what was posted to a subscription so far, whose name
// is that of its group, as if it had been given up. An attempt that runs is cut
// off, though it may have reached its endpoint; no other follows. The
// subscription's metrics and circuit breakers leave memory, so that one of the same
// name begins anew. The records of its attempts stay.
func (e *Engine) ForgetSubscription(name string) {
	if name != "" {
		e.enqueue(journal.MarkEntry(func() {
			e.dropGroup(name)
			e.forgetGroup(name)
		}))
	}
}

func (e *Engine) enqueue(entries ...journal.Entry) {
	if len(entries) > 0 && !e.journal.Put(entries...) {
		e.log.Error("events came after delivery had stopped and are lost", "records", len(entries))
	}
}
