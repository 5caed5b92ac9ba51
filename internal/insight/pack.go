package insight

import (
	"bytes"

	"github.com/klauspost/compress/s2"
)

// packer makes one piece of the items of a timeline: compressed, since the messages and
// events of a call repeat each other. It is used by one goroutine at a time.
type packer struct {
	coder         coder
	plain, packed []byte
}

// pack is the items of some blocks in one piece.
func (p *packer) pack(blocks [][]byte) []byte {
	p.plain = p.plain[:0]
	for _, block := range blocks {
		p.plain = append(p.plain, block...)
	}
	return p.piece()
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

// unpack is the items of a piece.
func unpack(piece []byte) ([]entry, error) {
	if size, err := s2.DecodedLen(piece); err != nil || size > maxUnpacked {
		return nil, errDamaged
	}
	plain, err := s2.Decode(nil, piece)
	if err != nil {
		return nil, errDamaged
	}
	return entriesIn(nil, plain)
}
