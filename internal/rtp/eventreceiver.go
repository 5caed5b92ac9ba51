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
	clock     int32 // the highest in Hz that its timestamps may have; 0 is 8000
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

// toneClocks are those in Hz by which a peer may count the durations of its tones, whatever
// the clock of its timestamps is: beside a codec of 48 kHz some do so in 8 kHz.
var toneClocks = [...]int32{16000, 8000}

// isNextSegment reports whether timestamps so far ahead are those of the next segment
// of the press (RFC 4733 §2.5.1.3): they begin where the last one ended, and that ended
// with its longest duration if the packets that said so were lost. No clock is tried that
// the peer has not: twice the duration of a key is where the next one begins, if it is
// pressed for half of the time.
func (e *eventReceiver) isNextSegment(ahead int32) bool {
	if e.follows(ahead, 1) {
		return true
	}
	for _, clock := range toneClocks {
		if e.clock > clock && e.follows(ahead, e.clock/clock) {
			return true
		}
	}
	return false
}

// follows is isNextSegment for timestamps that run so many times as fast as durations.
func (e *eventReceiver) follows(ahead, ratio int32) bool {
	const longest = 0xFFFF
	return ahead == ratio*int32(e.duration) || ahead == ratio*longest
}
