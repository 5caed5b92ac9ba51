// Package sfutest makes pictures that nobody can see: payloads of VP8 whose headers are
// true and whose content is empty. It imitates the encoder of a browser.
package sfutest

import "encoding/binary"

// Encoder makes the pictures of one encoding.
type Encoder struct {
	Width, Height int
	Rate          int // bits a second, at PerSecond pictures
	ID            uint16
	TL            uint8
	Temporal      int // layers: 0 or 1 (none are named), 2 or 3
	n             int // pictures since the last key picture
}

// temporal is of which temporal layer the next picture is, and whether it needs none but
// the lowest: in each fourth one of those that are not of that.
func (e *Encoder) temporal(key bool) (tid uint8, sync bool) {
	if e.n++; key {
		e.n = 0
	}
	switch {
	case e.Temporal == 2:
		tid = uint8(e.n % 2)
	case e.Temporal == 3:
		tid = [4]uint8{0, 2, 1, 2}[e.n%4]
	}
	return tid, e.n%16 < 4
}

// PerSecond is how many pictures a second there are.
const PerSecond = 20

// maxPayload is what a packet carries at most, in bytes.
const maxPayload = 1100

// Picture makes the payloads of the next picture. A key picture is four times as large.
func (e *Encoder) Picture(key bool) (payloads [][]byte) {
	tid, sync := e.temporal(key)
	e.ID = (e.ID + 1) & 0x7fff
	if tid == 0 {
		e.TL++
	}
	size := e.Rate / 8 / PerSecond
	if key {
		size *= 4
	}
	for first := true; size > 0 || first; first = false {
		n := min(size, maxPayload)
		size -= n
		payloads = append(payloads, e.payload(max(n, 12), first, key, tid, sync))
	}
	return payloads
}

// payload makes one with a descriptor (RFC 7741 §4.2) and, at the begin of a key picture,
// a header.
func (e *Encoder) payload(size int, first, key bool, tid uint8, sync bool) []byte {
	at := 5
	if e.Temporal > 1 {
		at = 6
	}
	payload := make([]byte, at+size)
	payload[0], payload[1] = 0x80, 0xc0 // X; I and L
	binary.BigEndian.PutUint16(payload[2:], e.ID|0x8000)
	payload[4] = e.TL
	if e.Temporal > 1 {
		payload[1] |= 0x20 // T
		payload[5] = tid << 6
		if sync {
			payload[5] |= 0x20 // Y
		}
	}
	body := payload[at:]
	body[0] = 1 // not a key frame
	if first {
		payload[0] |= 0x10 // S
	}
	if key && first {
		body[0] = 0
		copy(body[3:], []byte{0x9d, 0x01, 0x2a})
		binary.LittleEndian.PutUint16(body[6:], uint16(e.Width))
		binary.LittleEndian.PutUint16(body[8:], uint16(e.Height))
	}
	return payload
}

// KeyWidth is the width that a payload of Encoder's names, where it begins a key picture.
func KeyWidth(payload []byte) (width int, key bool) {
	if len(payload) < 16 || payload[0] != 0x90 {
		return 0, false
	}
	body := payload[5:]
	if payload[1]&0x20 != 0 {
		body = payload[6:]
	}
	if body[0] != 0 {
		return 0, false
	}
	return int(binary.LittleEndian.Uint16(body[6:])), true
}
