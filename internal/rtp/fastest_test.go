package rtp

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

type discarded struct{}

func (discarded) SendRTP(packet []byte) (int, error) { return len(packet), nil }
func (discarded) SendRTCP([]byte)                    {}

// TestFramesAreDated: whatever the jitter, the length of packets and the codec, a frame is
// known to have been said when it was, and a way that becomes longer counts after seconds.
func TestFramesAreDated(t *testing.T) {
	for _, c := range []codec.Codec{codec.PCMU, codec.G722} {
		for _, frames := range []int{1, 2} {
			for _, jitter := range []time.Duration{0, time.Millisecond, 30 * time.Millisecond} {
				testDated(t, c, frames, jitter)
			}
		}
	}
}

func testDated(t *testing.T, c codec.Codec, frames int, jitter time.Duration) {
	payloadType := byte(0)
	if c.Name == "G722" {
		payloadType = 9
	}
	s := NewStream(StreamConfig{Output: discarded{}})
	formats := sdp.Formats{Codecs: []sdp.Format{{Codec: c.Name, PayloadType: payloadType}}}
	s.SetMedia(sdp.Media{Send: true, Receive: true, Sending: formats, Receiving: formats})
	began := time.Unix(1_790_000_000, 0)
	random := rand.New(rand.NewPCG(1, 2))
	encoder := c.NewEncoder()
	way := 5 * time.Millisecond
	sent, next := 0, time.Duration(0)
	comes := func() time.Duration {
		return time.Duration((sent+1)*frames)*audio.FrameDuration + way + time.Duration(float64(jitter)*random.Float64())
	}
	next = comes()
	for tick := range 50 * 20 {
		now := time.Duration(tick)*audio.FrameDuration + 3*time.Millisecond
		if tick == 50*10 {
			way += 25 * time.Millisecond
		}
		for next <= now {
			packet := make([]byte, 12, 12+2*codec.MaxPayload)
			packet[0], packet[1], packet[11] = 0x80, payloadType, 7
			binary.BigEndian.PutUint16(packet[2:], uint16(sent))
			binary.BigEndian.PutUint32(packet[4:], uint32(0xfffff000+sent*frames*c.Ticks()))
			for range frames {
				var payload [codec.MaxPayload]byte
				packet = append(packet, payload[:encoder.Encode(payload[:], make([]int16, c.Samples()))]...)
			}
			s.Receive(packet, began.Add(next))
			sent++
			next = max(next, comes())
		}
		s.ReadFrame(make(audio.Frame, 160))
		at, known := s.Said()
		if tick < 50 {
			continue
		}
		p := &s.playout
		position := time.Duration(int32(p.next-p.ticksOf(p.end-p.at+p.more)-uint32(c.ClockRate/50)-0xfffff000)) * time.Second / time.Duration(c.ClockRate)
		off := time.Unix(0, at).Sub(began) - position - way
		settled := tick > 50*5 && tick < 50*10 || tick > 50*19
		if !known || settled && off.Abs() > 2*time.Millisecond {
			t.Errorf("%s, packets of %d frames, jitter %v, tick %d: known %t, off by %v", c.Name, frames, jitter, tick, known, off)
			return
		}
	}
}

// TestFrameOfAWorkerIsDated: it was made a tick before it is read.
func TestFrameOfAWorkerIsDated(t *testing.T) {
	w := &worker{stream: NewStream(StreamConfig{Output: discarded{}}), stopgap: newStopgap()}
	w.samples, w.made, w.nextSaid = 160, speech, 77
	w.read(make(audio.Frame, 160))
	if at, known := w.said(); at != 77 || !known {
		t.Errorf("got %d, %t", at, known)
	}
	w.cover(make(audio.Frame, 160))
	if _, known := w.said(); known {
		t.Error("what was invented has a date")
	}
}
