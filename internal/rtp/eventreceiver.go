package rtp

import (
	"encoding/binary"
	"time"
)

// keys are the events 0 to 15 of RFC 4733 §3.2.
const keys = "0123456789*#ABCD"

// eventReceiver is the receiver of telephone-event: it finds out which packets begin
// a key press. A press is told at its first packet, whichever of its packets that is:
// any of them may have been lost.
type eventReceiver struct {
	known     bool
	event     byte
	timestamp uint32
	duration  uint16
	ended     bool
	at        int64 // when its latest packet came, in ns
}

// setBack is after how long without a tone an older timestamp is no straggler but
// a peer that has set its clock back: one that plays recorded keys does so with
// each of them.
const setBack = 500 * time.Millisecond

// receive takes a packet that came at a time in ns, and returns the key that it
// begins, or 0. It reports whether the tone goes on.
func (e *eventReceiver) receive(h header, payload []byte, at int64) (key byte, sounding bool) {
	if len(payload) < 4 {
		return 0, false
	}
	const endBit = 0x80
	event, end := payload[0], payload[1]&endBit != 0
	duration := binary.BigEndian.Uint16(payload[2:])
	ahead := int32(h.timestamp - e.timestamp)
	anew := h.marker && !end && e.ended && at-e.at >= int64(setBack)
	if e.known && ahead <= 0 && !anew {
		if ahead == 0 { // another packet of the same press
			e.duration, e.ended, e.at = max(e.duration, duration), e.ended || end, at
		}
		return 0, ahead == 0 && !e.ended
	}
	continued := e.known && !h.marker && !e.ended && event == e.event && e.isNextSegment(ahead)
	e.known, e.event, e.timestamp, e.duration, e.ended, e.at = true, event, h.timestamp, duration, end, at
	if continued || int(event) >= len(keys) { // RFC 4733 §2.5.1.3: a long press goes on in segments
		return 0, !end
	}
	return keys[event], !end
}

// clockRatios are those of a stream's timestamps to the durations of its tones: a peer
// may count the tones beside a codec of 16 or 48 kHz by a slower clock.
var clockRatios = [...]int32{1, 2, 3, 6}

// isNextSegment reports whether timestamps so far ahead are those of the next segment
// of the press (RFC 4733 §2.5.1.3): they begin where the last one ended, and that ended
// with its longest duration if the packets that said so were lost.
func (e *eventReceiver) isNextSegment(ahead int32) bool {
	const longest = 0xFFFF
	for _, ratio := range clockRatios {
		if ahead == ratio*int32(e.duration) || ahead == ratio*longest {
			return true
		}
	}
	return false
}
