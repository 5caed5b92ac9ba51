package insight

import "time"

// leaveForgotten takes the records out of ended that are forgotten. The goroutine that packs calls it.
func (h *Hub) leaveForgotten() {
	h.mu.Lock()
	defer h.mu.Unlock()
	known, packed := h.ended[:0], 0
	for i, r := range h.ended {
		if r.forgotten {
			continue
		}
		if known = append(known, r); i < h.packed {
			packed++
		}
	}
	clear(h.ended[len(known):])
	h.ended, h.packed = known, packed
}

// letGo takes a record that is listed no more: many calls may come while one is still added to. It is
// forgotten once it is in the archive, or at once if it does not go there. The caller holds mu.
func (h *Hub) letGo(r *record) {
	if r.settled || h.cfg.OTLP == nil && !h.isArchived(r, time.Now()) {
		h.forget(r)
	} else {
		r.overdue = true
	}
}

// forget makes a record unknown. The caller holds mu.
func (h *Hub) forget(r *record) {
	r.forgotten = true
	h.dropTimeline(r)
	h.forgetNames(r)
	if h.byID[r.id] == r {
		delete(h.byID, r.id)
	}
	if h.latest == r {
		h.latest = nil
	}
}

// forgetNames lets a record be found by its id alone. The caller holds mu.
func (h *Hub) forgetNames(r *record) {
	for _, name := range r.names {
		if h.byName[name] == r {
			delete(h.byName, name)
		}
	}
	for _, callID := range r.dialogs {
		if d := h.dialogs[callID]; d != nil && d.record == r {
			delete(h.dialogs, callID)
		}
	}
}

// oldest is when what may be kept began; zero while the clock is in doubt.
func (c *Config) oldest(now time.Time) time.Time {
	if c.Doubts.Doubtful() {
		return time.Time{}
	}
	return now.Add(-c.Keep)
}

// forgetOld forgets what is older than it may be.
func (h *Hub) forgetOld(now time.Time) {
	oldest := h.cfg.oldest(now)
	h.mu.Lock()
	h.order.forgetOver(oldest, h.letGo)
	h.mu.Unlock()
	if h.archive != nil {
		h.archive.prune(now)
	}
}
