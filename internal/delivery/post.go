package delivery

import "time"

// Post queues messages, those of one call in their order with nothing between
// them. It never blocks and never fails; a message is accepted when the journal
// has it, which Flush waits for. One that is too large or too many is dropped,
// logged and recorded.
func (e *Engine) Post(messages ...Message) { e.post(messages, e.refuse) }

func (e *Engine) post(messages []Message, refuse func(*Message) string) {
	entries := make([]entry, 0, len(messages))
	now := time.Now()
	for _, m := range messages {
		r := &record{kind: kindMessage, posted: now, msg: m, keys: m.Release}
		if m.Delay > 0 {
			r.due = now.Add(m.Delay)
		}
		if why := refuse(&m); why != "" {
			e.log.Error("event dropped before it was accepted", "reason", why, "id", m.ID, "note", m.Note, "group", m.Group)
			e.note(r, Dropped, why)
			e.grid.ended(r, Dropped, why)
			if len(m.Release) == 0 {
				continue
			}
			r.kind = kindRelease // the holds must end all the same
		} else {
			e.open.Add(1)
		}
		entries = append(entries, entry{rec: r, content: r.content()})
	}
	e.enqueue(entries...)
}

// refuse says why a message cannot be taken, "" if it can.
func (e *Engine) refuse(m *Message) string {
	if e.open.Load() >= int64(e.cfg.MaxQueued) && !m.Last {
		return "too many events are waiting"
	}
	return e.refuseHeir(m)
}

// refuseHeir is refuse for a message that takes the place of another one.
func (e *Engine) refuseHeir(m *Message) string {
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
		e.log.Error("hold dropped, its body is too large", "key", key, "bytes", len(body))
		return
	}
	r := &record{kind: kindHold, posted: time.Now(), hold: Hold{key, body}}
	e.enqueue(entry{rec: r, content: r.content()})
}

// Release queues the end of a hold. A key that is not held is no mistake.
func (e *Engine) Release(key string) {
	r := &record{kind: kindRelease, posted: time.Now(), keys: []string{key}}
	e.enqueue(entry{rec: r, content: r.content()})
}

// Unwritten counts what was posted or held and is not in the journal yet.
func (e *Engine) Unwritten() int { return int(e.queue.unwritten()) }

// ForgetSubscription drops what was posted to a subscription so far, whose name
// is that of its group, as if it had been given up. An attempt that runs is cut
// off, though it may have reached its endpoint; no other follows. The
// subscription's metrics and its probation leave memory, so that one of the same
// name begins anew. The records of its attempts stay.
func (e *Engine) ForgetSubscription(name string) {
	if name != "" {
		e.enqueue(entry{drop: name})
	}
}

func (e *Engine) enqueue(entries ...entry) {
	if len(entries) > 0 && !e.queue.put(entries...) {
		e.log.Error("events came after delivery had stopped, they are lost", "records", len(entries))
	}
}
