package sfu

import "encoding/binary"

// picture is what a packet says of the picture that it is a part of.
type picture struct {
	first         bool // the packet is the first of a picture (of VP8)
	key           bool // and that needs no other
	width, height int  // of such a picture; 0: unknown
	vp8           descriptor
}

// descriptor is the payload descriptor of VP8 (RFC 7741 §4.2), as far as it is
// rewritten: where in the payload the numbers are, and which they are.
type descriptor struct {
	idAt int // of the picture id; 0: there is none
	long bool
	id   uint16
	tlAt int // of the number of the base layer's picture, TL0PICIDX; 0: there is none
	tl   uint8

	temporal bool  // what follows is known
	tid      uint8 // which temporal layer the picture is of: 0 needs no higher one
	sync     bool  // it needs none but 0
}

// parseVP8 reads a payload. It returns false for what is none.
func parseVP8(payload []byte) (p picture, ok bool) {
	if len(payload) < 2 {
		return p, false
	}
	first, at := payload[0], 1
	if first&0x80 != 0 { // X
		if at, ok = p.vp8.read(payload); !ok {
			return p, false
		}
	}
	if at >= len(payload) {
		return p, false
	}
	body := payload[at:]
	// S is set and PID is 0 at the beginning of a picture; P is clear in a key frame (RFC
	// 6386 §9.1), whose size follows the start code.
	p.first = first&0x10 != 0 && first&0x07 == 0
	if p.first && body[0]&0x01 == 0 {
		p.key = true
		if len(body) >= 10 && body[3] == 0x9d && body[4] == 0x01 && body[5] == 0x2a {
			p.width = int(binary.LittleEndian.Uint16(body[6:]) & 0x3fff)
			p.height = int(binary.LittleEndian.Uint16(body[8:]) & 0x3fff)
		}
	}
	return p, true
}

// read reads the extensions, and returns where they end.
func (d *descriptor) read(payload []byte) (at int, ok bool) {
	flags := payload[1]
	at = 2
	if flags&0x80 != 0 { // I
		if at >= len(payload) {
			return 0, false
		}
		d.idAt, d.id = at, uint16(payload[at]&0x7f)
		if d.long = payload[at]&0x80 != 0; d.long {
			if at+1 >= len(payload) {
				return 0, false
			}
			d.id = d.id<<8 | uint16(payload[at+1])
			at++
		}
		at++
	}
	if flags&0x40 != 0 { // L
		if at >= len(payload) {
			return 0, false
		}
		d.tlAt, d.tl = at, payload[at]
		at++
	}
	if flags&0x30 != 0 { // T or K
		if d.temporal = flags&0x20 != 0 && at < len(payload); d.temporal {
			d.tid, d.sync = payload[at]>>6, payload[at]&0x20 != 0
		}
		at++
	}
	return at, true
}

// write puts other numbers in their places. A short picture id stays short.
func (d descriptor) write(payload []byte, id uint16, tl uint8) {
	switch {
	case d.idAt == 0:
	case d.long:
		binary.BigEndian.PutUint16(payload[d.idAt:], id|0x8000)
	default:
		payload[d.idAt] = byte(id & 0x7f)
	}
	if d.tlAt != 0 {
		payload[d.tlAt] = tl
	}
}
