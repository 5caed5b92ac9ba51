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
}

// PerSecond is how many pictures a second there are.
const PerSecond = 20

// maxPayload is what a packet carries at most, in bytes.
const maxPayload = 1100

// Picture makes the payloads of the next picture. A key picture is four times as large.
func (e *Encoder) Picture(key bool) (payloads [][]byte) {
	e.ID, e.TL = (e.ID+1)&0x7fff, e.TL+1
	size := e.Rate / 8 / PerSecond
	if key {
		size *= 4
	}
	for first := true; size > 0 || first; first = false {
		n := min(size, maxPayload)
		size -= n
		payload := make([]byte, 5+max(n, 12))
		payload[0], payload[1] = 0x80, 0xc0 // X; I and L
		binary.BigEndian.PutUint16(payload[2:], e.ID|0x8000)
		payload[4] = e.TL
		payload[5] = 1 // not a key frame
		if first {
			payload[0] |= 0x10 // S
		}
		if key && first {
			payload[5] = 0
			copy(payload[8:], []byte{0x9d, 0x01, 0x2a})
			binary.LittleEndian.PutUint16(payload[11:], uint16(e.Width))
			binary.LittleEndian.PutUint16(payload[13:], uint16(e.Height))
		}
		payloads = append(payloads, payload)
	}
	return payloads
}

// KeyWidth is the width that a payload of Encoder's names, where it begins a key picture.
func KeyWidth(payload []byte) (width int, key bool) {
	if len(payload) < 15 || payload[0] != 0x90 || payload[5] != 0 {
		return 0, false
	}
	return int(binary.LittleEndian.Uint16(payload[11:])), true
}
