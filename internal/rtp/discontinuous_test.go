package rtp

import (
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

// heads keeps the headers of what is sent.
type heads struct {
	sent  []header
	empty int // how many were an empty frame
}

func (h *heads) SendRTP(packet []byte) (int, error) {
	parsed, payload, _ := parse(packet)
	if len(payload) == emptyFrame {
		h.empty++
	}
	h.sent = append(h.sent, parsed)
	return len(packet), nil
}

func (h *heads) SendRTCP([]byte) {}

// TestLastingSilenceIsLeftOut asks for Opus that a pause of two seconds is some packets,
// that the clock runs on over it, and that sound after it has a marker; other codecs
// send on.
func TestLastingSilenceIsLeftOut(t *testing.T) {
	for _, test := range []struct {
		codec  codec.Codec
		pauses bool
	}{{codec.Opus, true}, {codec.G722, false}} {
		t.Run(test.codec.Name, func(t *testing.T) {
			if !test.codec.Valid() {
				t.Skip("libopus is not installed")
			}
			out := &heads{}
			s := NewStream(StreamConfig{Output: out, Discontinuous: true})
			m := sdp.Media{Send: true, Receive: true}
			use(&m, test.codec)
			s.SetMedia(m)
			loud := make(audio.Frame, audio.Samples(16000))
			for i := range loud {
				loud[i] = int16(i % 40 * 200)
			}
			frame := make(audio.Frame, len(loud))
			write := func(n int, f audio.Frame) {
				for range n {
					s.ReadFrame(frame)
					s.WriteFrame(f)
				}
			}
			write(10, loud)
			write(100, nil)
			pause := len(out.sent) - 10
			write(10, loud)
			if want := 100; test.pauses {
				if want = silenceSent + 5; pause != want || out.empty != 5 {
					t.Errorf("a pause of 100 frames is %d packets, of them %d empty, want %d", pause, out.empty, want)
				}
			} else if pause != want {
				t.Errorf("a pause of 100 frames is %d packets, want %d", pause, want)
			}
			first, last := out.sent[len(out.sent)-10], out.sent[len(out.sent)-11]
			if first.marker != test.pauses {
				t.Errorf("the first packet after the pause has a marker: %v", first.marker)
			}
			if begins := first.timestamp - out.sent[0].timestamp; begins != uint32(110*test.codec.Ticks()) {
				t.Errorf("it begins %d after the first, want %d", begins, 110*test.codec.Ticks())
			}
			if first.sequence != last.sequence+1 {
				t.Error("numbers were left out")
			}
		})
	}
}
