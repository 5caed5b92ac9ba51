package insight

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// goodRate is how many calls without a problem are archived with their whole timeline;
// of those beyond it, only the summary is. Calls with problems always are, up to
// badRate. Under load, this keeps the cost of a call small.
var (
	goodRate = ratelimit.Rate{PerSecond: 20, Burst: 200}
	badRate  = ratelimit.Rate{PerSecond: 50, Burst: 500}
)

// settle archives the calls that ended settleTime ago, or all.
func (h *Hub) settle(now time.Time, all bool) {
	for {
		h.mu.Lock()
		at := slices.IndexFunc(h.ended, func(r *record) bool { return all || now.Sub(r.end) >= settleTime })
		if at < 0 {
			h.mu.Unlock()
			return
		}
		r := h.ended[at]
		h.ended = slices.Delete(h.ended, at, at+1)
		s := r.snapshot()
		h.mu.Unlock()
		h.archiveCall(r, s, now)
	}
}

func (h *Hub) archiveCall(r *record, s snapshot, now time.Time) {
	sum := s.summarize()
	var place *archivePlace
	if h.archive != nil {
		items := []Item{}
		limit := h.good
		if sum.Failed {
			limit = h.bad
		}
		if limit.Allow(now) {
			items = s.items()
		} else {
			sum.Omitted += len(s.entries)
		}
		var err error
		if place, err = h.archive.put(sum, items); err != nil && h.complain.Allow(now) {
			h.log.Error("a call that is over was not archived; it is lost with the process", "call", r.id, "error", err)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	r.summary, r.kept = &sum, place
	for _, callID := range r.dialogs {
		if d := h.dialogs[callID]; d != nil && d.record == r {
			delete(h.dialogs, callID)
		}
	}
}

// items renders a timeline in the order of time.
func (s snapshot) items() []Item {
	items := make([]Item, 0, len(s.entries))
	for i, e := range s.entries {
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
	if len(s.entries) > 0 || s.kept == nil {
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
	for _, r := range slices.Backward(h.order[h.first:]) { // of those in the archive alone
		if r.summary != nil && (r.summary.ServerCall == id || slices.Contains(r.summary.Connections, id) || slices.Contains(r.summary.CallIDs, id)) {
			return r
		}
	}
	return nil
}
