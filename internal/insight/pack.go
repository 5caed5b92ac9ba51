package insight

import (
	"bytes"
	"slices"
	"time"

	"github.com/klauspost/compress/s2"
)

// packer makes one piece of the items of a timeline: compressed, since the messages and
// events of a call repeat each other. It is used by one goroutine at a time.
type packer struct {
	coder         coder
	plain, packed []byte
}

// pack is a timeline in one piece.
func (p *packer) pack(t *timeline) []byte {
	p.plain = p.plain[:0]
	if t.packed != nil {
		p.plain, _ = plainOf(p.plain, t.packed) // we have written it
	}
	for _, block := range t.full {
		p.plain = append(p.plain, block...)
	}
	p.plain = append(p.plain, t.last...)
	return p.piece()
}

// Calls that are over are packed some at a time, when most of their news have come: with 2,000
// calls a second after a quarter of a second at the earliest, which is longer than callbacks take
// under overload. What comes later has blocks of its own for a second or so, and costs a second packing.
const (
	packAt   = 640                    // so many wait
	packLess = 512                    // so many go on to wait, the last
	packTime = 250 * time.Millisecond // after its end a call waits twice as long at most
)

// isOver notes that a record is over. The caller holds mu.
func (h *Hub) isOver(r *record) {
	h.ended = append(h.ended, r)
	switch waiting := len(h.ended) - h.packed; {
	case waiting >= packAt:
		h.tellPacker()
	case waiting == 1:
		h.packTimer.Reset(packTime)
	}
}

// tellPacker lets the hub's goroutine pack what has waited long enough.
func (h *Hub) tellPacker() {
	select {
	case h.packNow <- struct{}{}:
	default: // it was told before
	}
}

// packEnded packs timelines of calls that are over. Only one goroutine calls it.
func (h *Hub) packEnded(now time.Time) {
	h.mu.Lock()
	first := h.packed
	for h.packed < len(h.ended) && (len(h.ended)-h.packed > packLess || now.Sub(h.ended[h.packed].end) >= packTime) {
		h.packed++
	}
	due := slices.Clone(h.ended[first:h.packed])
	if len(h.ended) > h.packed {
		h.packTimer.Reset(packTime)
	}
	h.mu.Unlock()
	h.packAll(due)
}

// packLate packs again what has got news since. Only one goroutine calls it.
func (h *Hub) packLate() {
	h.mu.Lock()
	due := h.late
	h.late = nil
	h.mu.Unlock()
	h.packAll(due)
}

func (h *Hub) packAll(due []*record) {
	for _, r := range due {
		h.mu.Lock()
		before := r.timeline
		h.mu.Unlock()
		if before.count > 0 && !before.isPacked() {
			h.replace(r, &before, h.packer.pack(&before))
		}
	}
}

// replace replaces what a timeline was by a piece, unless it is another one meanwhile.
func (h *Hub) replace(r *record, before *timeline, piece []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.timeline.count != before.count { // news have come, or it was dropped
		h.late = append(h.late, r)
		return
	}
	if !r.shared {
		for _, block := range before.full {
			h.spare.put(block)
		}
		h.spare.put(before.last)
	}
	r.timeline, r.shared = timeline{packed: piece, count: before.count}, false
	h.taken -= r.bytes
	r.bytes = int64(roomOf(len(piece)))
	h.taken += r.bytes
	h.full = false
}

// packMasked is a timeline in one piece, without its secrets: for the disk.
func (p *packer) packMasked(s snapshot) []byte {
	p.plain = p.plain[:0]
	entries, _ := s.timeline.entries() // we have written them; those of s are others'
	for _, e := range entries {
		if has, is := e.detail.(secretive); is {
			has.mask()
		}
		e.write(&p.coder)
		p.plain = p.coder.appendTo(p.plain)
	}
	return p.piece()
}

// mostKept bounds the memory that is kept for the next piece, in bytes.
const mostKept = 256 << 10

func (p *packer) piece() []byte {
	if most := s2.MaxEncodedLen(len(p.plain)); len(p.packed) < most {
		p.packed = make([]byte, most)
	}
	piece := bytes.Clone(s2.Encode(p.packed, p.plain))
	if cap(p.plain) > mostKept {
		p.plain, p.packed, p.coder = nil, nil, coder{}
	}
	return piece
}

// maxUnpacked bounds what a piece may say that it has.
const maxUnpacked = 2 * maxRecordBytes

// unpack appends the items of a piece.
func unpack(list []entry, piece []byte) ([]entry, error) {
	plain, err := plainOf(nil, piece)
	if err != nil {
		return list, err
	}
	return entriesIn(list, plain)
}

// plainOf is what a piece was made of. It uses the room of into, where that is enough.
func plainOf(into, piece []byte) ([]byte, error) {
	if size, err := s2.DecodedLen(piece); err != nil || size > maxUnpacked {
		return nil, errDamaged
	}
	plain, err := s2.Decode(into[:cap(into)], piece)
	if err != nil {
		return nil, errDamaged
	}
	return plain, nil
}
