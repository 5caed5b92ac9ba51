package rtp

import (
	"fmt"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

// nobody is an Output to which nobody listens.
type nobody struct{}

func (nobody) SendRTP(packet []byte) (int, error) { return len(packet), nil }
func (nobody) SendRTCP([]byte)                    {}

// TestKeyIsNotInTheSoundToo is a gateway that sends keys as telephone-event and leaves
// their tones in the sound: keys are told once each, their tones are not heard, and the
// voice before and after is. The gateway needs some time to be sure of a key.
func TestKeyIsNotInTheSoundToo(t *testing.T) {
	const (
		pressFrames = 6  // 120 ms
		period      = 50 // a key a second
		keysPressed = "15#"
	)
	for _, depth := range []time.Duration{0, 160 * time.Millisecond} {
		for _, lateFrames := range []int{0, 2} {
			name := fmt.Sprintf("depth %v, the gateway is sure after %d frames", depth, lateFrames)
			s := NewStream(StreamConfig{Output: nobody{}, Depth: depth})
			var told []byte
			s.OnTone(func(key byte) { told = append(told, key) })
			s.SetMedia(sdp.Media{Send: true, Receive: true, Sending: formatsOf(codec.PCMU), Receiving: formatsOf(codec.PCMU)})
			encoder, voice := codec.PCMU.NewEncoder(), audio.NewOscillator(-20, 300)
			h := header{ssrc: 1, sequence: 100, timestamp: 5000}
			send := func(h *header, payload []byte) {
				packet := make([]byte, headerSize+len(payload))
				h.put(packet)
				copy(packet[headerSize:], payload)
				s.Receive(packet, time.Now())
				h.sequence++
			}
			var heard []int16
			frame, payload := make([]int16, 160), make([]byte, 160)
			var tone *audio.Oscillator
			for n := range period * (len(keysPressed) + 1) {
				press, at := n/period-1, n%period
				voice.ReadFrame(frame)
				if press >= 0 && at < pressFrames {
					if at == 0 {
						low, high := frequencies(keysPressed[press])
						tone = audio.NewOscillator(-12, low, high)
					}
					tone.ReadFrame(frame)
				}
				encoder.Encode(payload, frame)
				h.payloadType, h.marker = 0, false
				send(&h, payload)
				if press >= 0 && at >= lateFrames && at < pressFrames {
					event := h
					event.payloadType, event.marker = 101, at == lateFrames
					event.timestamp -= uint32(at * 160)
					duration, end := (at+1)*160, byte(0)
					if at == pressFrames-1 {
						end = 0x80
					}
					send(&event, []byte{"\x01\x05\x0b"[press], end | 10, byte(duration >> 8), byte(duration)})
					h.sequence = event.sequence
				}
				h.timestamp += 160
				if !s.ReadFrame(frame) {
					clear(frame)
				}
				heard = append(heard, frame...)
			}
			if string(told) != keysPressed {
				t.Errorf("%s: told %q", name, told)
			}
			if keys := audiotest.Keys(heard, 8000); keys != "" {
				t.Errorf("%s: %q is in the sound", name, keys)
			}
			for _, second := range []int{0, 1, 2, 3} { // its last half is the voice's
				half := heard[second*8000+4000 : second*8000+8000]
				if share := audiotest.Goertzel(half, 8000, 300); share < 0.95 {
					t.Errorf("%s: after second %d %s", name, second, audiotest.Describe(half, 8000))
				}
			}
		}
	}
}

// TestToneGuardLeavesTheVoice asks that a key whose packets take the place of the voice
// costs no voice after it.
func TestToneGuardLeavesTheVoice(t *testing.T) {
	var g toneGuard
	loud := func() audio.Frame {
		f := make(audio.Frame, 160)
		for i := range f {
			f[i] = 1000
		}
		return f
	}
	for range 5 {
		g.key(0)
		if f := loud(); g.frame(f) && f[159] != 0 {
			t.Fatal("the key is heard")
		}
	}
	for n := 1; ; n++ {
		if f := loud(); g.frame(f) && f[159] == 1000 {
			if f[0] != 0 {
				t.Error("the voice begins with a click")
			}
			break
		}
		if n > toneGapTicks {
			t.Fatalf("silent for %d frames after the key", n)
		}
	}
}
