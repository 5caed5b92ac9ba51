package sfu

import "encoding/binary"

// Types of NAL units (RFC 6184 §5.2).
const (
	nalSPS  = 7
	nalSTAP = 24
	nalFUA  = 28
)

// parseH264 reads a payload. A picture that needs no other begins with its parameters: a
// decoder that has not seen them can do nothing with an IDR alone (mediasoup #283).
func parseH264(payload []byte) (p picture, ok bool) {
	if len(payload) < 2 {
		return p, false
	}
	switch kind := payload[0] & 0x1f; kind {
	case nalSPS:
		p.begin(payload)
	case nalSTAP:
		for rest := payload[1:]; len(rest) > 2; {
			size := int(binary.BigEndian.Uint16(rest))
			if size == 0 || size > len(rest)-2 {
				return p, !p.key
			}
			if unit := rest[2 : 2+size]; unit[0]&0x1f == nalSPS {
				p.begin(unit)
			}
			rest = rest[2+size:]
		}
	case nalFUA:
		if payload[1]&0x80 != 0 && payload[1]&0x1f == nalSPS {
			p.key = true // parameters in pieces: their size stays unknown
		}
	}
	return p, true
}

func (p *picture) begin(sps []byte) {
	p.key = true
	p.width, p.height = sizeOfSPS(sps)
}

// sizeOfSPS reads the size of pictures from a sequence parameter set (ITU-T H.264
// §7.3.2.1.1); 0 where it is none that we understand.
func sizeOfSPS(unit []byte) (width, height int) {
	if len(unit) < 4 {
		return 0, 0
	}
	r := bits{data: unit[1:]}
	chroma, known := r.chroma()
	if !known {
		return 0, 0
	}
	r.skipFrameNumbers()
	r.number() // reference frames
	r.take(1)
	wide, high := r.number()+1, r.number()+1
	whole := r.take(1) // frames, not fields
	if whole == 0 {
		r.take(1)
	}
	r.take(1)
	crop := r.crop()
	if r.over || wide > 1024 || high > 1024 {
		return 0, 0
	}
	unitX, unitY := uint32(2), uint32(2)*(2-whole)
	if chroma == 0 || chroma == 3 {
		unitX, unitY = 1, 2-whole
	}
	width = int(wide*16) - int((crop[0]+crop[1])*unitX)
	height = int(high*16*(2-whole)) - int((crop[2]+crop[3])*unitY)
	if width <= 0 || height <= 0 || max(crop[0], crop[1], crop[2], crop[3]) > 1<<14 {
		return 0, 0
	}
	return width, height
}

// chroma reads a set up to its format of colours (ITU-T H.264 §6.2); known is false where we
// do not understand the rest.
func (r *bits) chroma() (format uint32, known bool) {
	profile := r.take(8)
	r.take(16) // constraints, level
	r.number() // id of the set
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
	default:
		return 1, true
	}
	if format = r.number(); format == 3 {
		r.take(1)
	}
	r.number() // depths
	r.number()
	r.take(1)
	return format, r.take(1) == 0 // scaling matrices, which browsers do not send
}

// skipFrameNumbers skips how frames are numbered and in which order they are shown.
func (r *bits) skipFrameNumbers() {
	r.number()
	switch r.number() {
	case 0:
		r.number()
	case 1:
		r.take(1)
		r.number()
		r.number()
		for range min(r.number(), 255) {
			r.number()
		}
	}
}

// crop reads what of the pictures is not shown: left, right, top, bottom.
func (r *bits) crop() (sides [4]uint32) {
	if r.take(1) != 0 {
		for i := range sides {
			sides[i] = r.number()
		}
	}
	return sides
}

// bits reads numbers of any length (ITU-T H.264 §7.2), without the bytes that prevent
// start codes.
type bits struct {
	data  []byte
	at    int // bit
	zeros int
	over  bool
}

func (r *bits) bit() uint32 {
	if r.at%8 == 0 && r.at/8 < len(r.data) {
		if b := r.data[r.at/8]; r.zeros == 2 && b == 3 {
			r.at, r.zeros = r.at+8, 0
		}
		if r.at/8 < len(r.data) && r.data[r.at/8] == 0 {
			r.zeros++
		} else {
			r.zeros = 0
		}
	}
	if r.at/8 >= len(r.data) {
		r.over = true
		return 0
	}
	b := r.data[r.at/8] >> (7 - r.at%8) & 1
	r.at++
	return uint32(b)
}

func (r *bits) take(n int) (value uint32) {
	for range n {
		value = value<<1 | r.bit()
	}
	return value
}

// number reads an Exp-Golomb code (ITU-T H.264 §9.1).
func (r *bits) number() uint32 {
	zeros := 0
	for r.bit() == 0 {
		if zeros++; r.over || zeros > 31 {
			r.over = true
			return 0
		}
	}
	return 1<<zeros - 1 + r.take(zeros)
}
