//go:build linux && !portable

package rtp

import (
	"math"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
)

// speak sends a source through a to b, whose calls run at a rate.
func speak(a, b *Session, source audio.Source, rate, frames int) (heard []int16) {
	f := make(audio.Frame, rate/50)
	for range frames {
		a.ReadFrame(f)
		source.ReadFrame(f)
		a.WriteFrame(f)
		if !b.ReadFrame(f) {
			clear(f)
		}
		heard = append(heard, f...)
		b.WriteFrame(nil)
	}
	return heard
}

func TestEveryCodecIsHeardInACallOfEitherRate(t *testing.T) {
	for _, c := range codec.All {
		for _, rate := range []int{8000, 16000} {
			a, b := pair(t, with(c))
			if a.SampleRate() != 0 && a.SampleRate() != c.SampleRate {
				t.Errorf("%s claims %d Hz", c.Name, a.SampleRate())
			}
			heard := speak(a, b, audio.NewOscillator(-10, 1000), rate, 50)
			if share := audiotest.Goertzel(heard[len(heard)/5:], rate, 1000); share < 0.95 {
				t.Errorf("%s at %d Hz: heard %s", c.Name, rate, audiotest.Describe(heard, rate))
			}
			if level := audiotest.Level(heard[len(heard)/5:]); math.Abs(level+13) > 0.5 {
				t.Errorf("%s at %d Hz: heard at %.1f dB, want -13", c.Name, rate, level)
			}
		}
	}
}

func TestWidebandReachesBeyondTheTelephone(t *testing.T) {
	for rate, want := range map[int]bool{8000: false, 16000: true} {
		a, b := pair(t, with(codec.G722))
		heard := speak(a, b, audio.NewOscillator(-10, 1000, 6000), rate, 50)
		carried := rate == 16000 && audiotest.Goertzel(heard[len(heard)/5:], rate, 6000) > 0.3
		if carried != want {
			t.Errorf("at %d Hz: %s", rate, audiotest.Describe(heard, rate))
		}
	}
}

func TestCallRisesWithoutAClick(t *testing.T) {
	for _, c := range codec.All {
		a, b := pair(t, with(c))
		voice := audio.NewOscillator(-10, 300)
		narrow := speak(a, b, voice, 8000, 30)
		wide := speak(a, b, voice, 16000, 30)
		steepest := int(math.Pow(10, -0.5) * 32768 * 2 * math.Pi * 300 / 8000)
		if step := longestStep(append(narrow[800:], wide...)); step > steepest*5/4 {
			t.Errorf("%s: a step of %d, the tone has at most %d", c.Name, step, steepest)
		}
		if level := audiotest.Level(wide[len(wide)-3200:]); math.Abs(level+13) > 0.5 {
			t.Errorf("%s: heard at %.1f dB afterwards", c.Name, level)
		}
	}
}

func TestBridgedFramesDoNotAllocate(t *testing.T) {
	a, b := pair(t, with(codec.G722))
	voice, f := audio.NewOscillator(-10, 300), make(audio.Frame, 160)
	speak(a, b, voice, 8000, 10)
	if n := testing.AllocsPerRun(300, func() {
		voice.ReadFrame(f)
		a.WriteFrame(f)
		b.ReadFrame(f)
	}); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func BenchmarkWidebandFramePair(b *testing.B) {
	for name, rate := range map[string]int{"bridged": 8000, "wide": 16000} {
		b.Run(name, func(b *testing.B) {
			one, other := pair(b, with(codec.G722))
			said, frame := make(audio.Frame, rate/50), make(audio.Frame, rate/50)
			audio.NewOscillator(-10, 1000).ReadFrame(said)
			b.ReportAllocs()
			for b.Loop() {
				one.ReadFrame(frame)
				one.WriteFrame(said)
				one, other = other, one
			}
		})
	}
}
