package insight

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// goodRate is how many calls without a problem are archived a second, and badRate how
// many with one: under load, this keeps the cost of a call small. The others are known
// while they are in memory.
var (
	goodRate = ratelimit.Rate{PerSecond: 20, Burst: 200}
	badRate  = ratelimit.Rate{PerSecond: 50, Burst: 500}
)

// archiving is whether a record goes to the archive, once that was decided.
type archiving int8

const (
	undecided archiving = iota
	archived
	notArchived
)

// isArchived decides whether a record goes to the archive, once. It may be decided before the record
// is to go there. The caller holds mu.
func (h *Hub) isArchived(r *record, now time.Time) bool {
	if r.archiving == undecided {
		limit := h.good
		if r.troubled {
			limit = h.bad
		}
		r.archiving = notArchived
		if h.archive != nil && limit.Allow(now) {
			r.archiving = archived
		}
	}
	return r.archiving == archived
}

// settle archives the calls that ended settleTime ago, or all.
func (h *Hub) settle(now time.Time, all bool) {
	h.mu.Lock()
	n := 0 // they are in the order in which they ended, about
	for n < len(h.ended) && (all || now.Sub(h.ended[n].end) >= settleTime) {
		n++
	}
	due := slices.Clone(h.ended[:n])
	h.ended = slices.Delete(h.ended, 0, n)
	h.packed = max(0, h.packed-n)
	h.mu.Unlock()
	for _, r := range due {
		h.mu.Lock()
		s, goes := r.snapshot(), h.isArchived(r, now)
		h.mu.Unlock()
		h.archiveCall(r, s, goes, now)
	}
}

// archiveCall ends the time in which a call waits for late news.
func (h *Hub) archiveCall(r *record, s snapshot, goes bool, now time.Time) {
	if h.cfg.OTLP != nil && s.subject == SubjectCall {
		h.cfg.OTLP.put(s)
	}
	var sum *Summary
	var place *archivePlace
	if goes {
		made := s.summarize()
		sum = &made
		var err error
		if place, err = h.archive.put(made, h.packer.packMasked(s)); err != nil && h.complain.Allow(now) {
			h.log.Error("a call that is over was not archived; it is lost with the process", "call", r.id, "error", err)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.settled = true; r.overdue {
		h.forget(r)
		return
	}
	if place != nil { // what came meanwhile is in memory alone
		r.summary, r.kept = sum, place
	}
	for _, callID := range r.dialogs {
		if d := h.dialogs[callID]; d != nil && d.record == r {
			delete(h.dialogs, callID)
		}
	}
}

// items renders a timeline in the order of time.
func (s snapshot) items() []Item {
	s.open()
	return itemsOf(s.entries)
}

func itemsOf(entries []entry) []Item {
	items := make([]Item, 0, len(entries))
	for i, e := range entries {
		items = append(items, e.item(i+1))
	}
	slices.SortStableFunc(items, func(a, b Item) int { return a.At.Compare(b.At) })
	return items
}

// Timeline returns the items of a call; false where it is not known.
func (h *Hub) Timeline(id string) (Summary, []Item, bool) {
	h.mu.Lock()
	r := h.find(id)
	if r == nil {
		h.mu.Unlock()
		return Summary{}, nil, false
	}
	s := r.snapshot()
	h.mu.Unlock()
	sum := s.summarize()
	if s.timeline.count > 0 || s.kept == nil {
		return sum, s.items(), true
	}
	items, err := h.archive.read(*s.kept)
	if err != nil {
		h.log.Warn("the timeline of a call cannot be read", "call", s.id, "error", err)
	}
	return sum, items, true
}

// find finds a record by any of its ids. The caller holds mu.
func (h *Hub) find(id string) *record {
	if r := h.byID[id]; r != nil {
		return r
	}
	if r := h.byName[id]; r != nil {
		return r
	}
	if d := h.dialogs[id]; d != nil {
		return d.record
	}
	return h.order.last(func(r *record) bool {
		if r.summary == nil {
			return slices.Contains(r.dialogs, id)
		}
		return r.summary.ServerCall == id || slices.Contains(r.summary.Connections, id) || slices.Contains(r.summary.CallIDs, id)
	})
}
