package insight

import (
	"iter"
	"slices"
	"time"
)

// begin begins an item of a record, whose members are written next; then add adds it. The
// caller holds mu.
func (h *Hub) begin(f format, at time.Time) *coder {
	h.coder.begin(f, at)
	return &h.coder
}

// add adds the item that was written last to a record, if there is room for it: one that is forgotten
// would never give it back. The caller holds mu.
func (h *Hub) add(r *record) {
	h.item = h.coder.appendTo(h.item[:0])
	size := int64(r.timeline.cost(len(h.item)))
	if r.forgotten || r.timeline.count >= maxEntries || r.bytes+size > maxRecordBytes || !h.makeRoom(size, r) {
		r.omitted++
		h.lost++
		return
	}
	r.bytes += size
	h.taken += size
	if r.timeline.isPacked() {
		h.late = append(h.late, r)
	}
	item := r.timeline.put(h.item, &h.spare)
	if h.following.Load() > 0 {
		r.shared = true
		h.tell(Update{call: r, seq: r.timeline.count, item: item})
	}
}

// makeRoom reports whether there is room. Where there is none, it forgets timelines of
// calls that are over, the first first, until a tenth of the memory is free: those in
// the archive, which can be read there, then those that are listed no more, then others. The caller holds mu.
func (h *Hub) makeRoom(size int64, but *record) bool {
	if h.taken+size <= h.cfg.Memory {
		return true
	}
	if h.full { // nothing was found before, and no call has ended since
		return false
	}
	enough := h.cfg.Memory - h.cfg.Memory/10
	drop := func(list iter.Seq[*record], which func(*record) bool) {
		for r := range list {
			if h.taken <= enough {
				return
			}
			if r != but && r.over() && r.timeline.count > 0 && which(r) {
				h.dropTimeline(r)
			}
		}
	}
	drop(h.order.all(), func(r *record) bool { return r.kept != nil })
	drop(slices.Values(h.ended), func(r *record) bool { return r.overdue })
	drop(h.order.all(), func(*record) bool { return true })
	h.full = h.taken+size > h.cfg.Memory
	return !h.full
}

func (h *Hub) dropTimeline(r *record) {
	if r.kept == nil {
		r.omitted += r.timeline.count
	}
	h.taken -= r.bytes
	r.timeline, r.bytes = timeline{}, 0
}
