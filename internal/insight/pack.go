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

// pack is a timeline that is not packed in one piece.
func (p *packer) pack(t *timeline) []byte {
	p.plain = p.plain[:0]
	for _, block := range t.full {
		p.plain = append(p.plain, block...)
	}
	p.plain = append(p.plain, t.last...)
	return p.piece()
}

// Calls that are over are packed some at a time, when the last news of them have come. Of
// these there may be more: they have blocks of their own then.
const (
	packAt   = 64          // so many wait
	packLess = 32          // so many go on to wait, the last
	packTime = time.Second // after its end a call waits no longer
)

// packEnded packs timelines of calls that are over. Only one goroutine calls it.
func (h *Hub) packEnded(now time.Time) {
	h.mu.Lock()
	first := h.packed
	for h.packed < len(h.ended) && (len(h.ended)-h.packed > packLess || now.Sub(h.ended[h.packed].end) >= packTime) {
		h.packed++
	}
	due := slices.Clone(h.ended[first:h.packed])
	h.mu.Unlock()
	for _, r := range due {
		h.packTimeline(r)
	}
}

func (h *Hub) packTimeline(r *record) {
	h.mu.Lock()
	before := r.timeline
	h.mu.Unlock()
	if before.count == 0 || before.packed != nil {
		return
	}
	piece := h.packer.pack(&before)
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.timeline.count != before.count { // something came meanwhile, or it was dropped
		return
	}
	r.timeline = timeline{packed: piece, count: before.count}
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
	if size, err := s2.DecodedLen(piece); err != nil || size > maxUnpacked {
		return list, errDamaged
	}
	plain, err := s2.Decode(nil, piece)
	if err != nil {
		return list, errDamaged
	}
	return entriesIn(list, plain)
}
