package rtp

import "encoding/binary"

// keys are the events 0 to 15 of RFC 4733 §3.2.
const keys = "0123456789*#ABCD"

// toneEar finds out which packets of telephone-event begin a key press. A press
// is told at its first packet, whichever of its packets that is: any of them may
// have been lost.
type toneEar struct {
	known     bool
	event     byte
	timestamp uint32
	duration  uint16
	ended     bool
}

// hear takes a packet and returns the key that it begins, or 0. It reports
// whether the tone goes on.
func (e *toneEar) hear(h header, payload []byte) (key byte, sounding bool) {
	if len(payload) < 4 {
		return 0, false
	}
	const endBit = 0x80
	event, end := payload[0], payload[1]&endBit != 0
	duration := binary.BigEndian.Uint16(payload[2:])
	ahead := int32(h.timestamp - e.timestamp)
	if e.known && ahead <= 0 {
		if ahead == 0 { // another packet of the same press
			e.duration, e.ended = max(e.duration, duration), e.ended || end
		}
		return 0, ahead == 0 && !e.ended
	}
	continued := e.known && !h.marker && !e.ended && event == e.event && h.timestamp == e.timestamp+uint32(e.duration)
	e.known, e.event, e.timestamp, e.duration, e.ended = true, event, h.timestamp, duration, end
	if continued || int(event) >= len(keys) { // RFC 4733 §2.5.1.3: a long press goes on in segments
		return 0, !end
	}
	return keys[event], !end
}
