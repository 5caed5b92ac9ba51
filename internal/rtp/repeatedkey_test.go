package rtp

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

// TestKeyPressedTwiceIsTwoKeysWhereItsEndWasLost presses a key for 80 of 160 ms, twice, beside
// PCMU. The packets of its end and the first of the second press are lost, so that the second
// press begins at twice the duration that is known of the first.
func TestKeyPressedTwiceIsTwoKeysWhereItsEndWasLost(t *testing.T) {
	formats := formatsOf(codec.PCMU)
	s := NewStream(StreamConfig{Output: discarded{}})
	s.SetMedia(sdp.Media{Send: true, Receive: true, Sending: formats, Receiving: formats})
	var got []byte
	s.OnTone(func(key byte) { got = append(got, key) })
	for i, p := range []struct {
		marker, end         bool
		timestamp, duration int
	}{{true, false, 0, 160}, {false, false, 0, 640}, {false, false, 1280, 320}, {false, true, 1280, 640}} {
		packet := make([]byte, headerSize+4)
		header{
			marker: p.marker, payloadType: formats.Events[0].PayloadType, sequence: uint16(i), timestamp: uint32(p.timestamp), ssrc: 7,
		}.put(packet)
		packet[headerSize], packet[headerSize+1] = 8, 10
		if p.end {
			packet[headerSize+1] |= 0x80
		}
		binary.BigEndian.PutUint16(packet[headerSize+2:], uint16(p.duration))
		s.Receive(packet, time.Unix(0, int64(i)*int64(20*time.Millisecond)))
	}
	if string(got) != "88" {
		t.Errorf("heard %q, want 88", got)
	}
}
