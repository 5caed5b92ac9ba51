package audio_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// fixed says the same samples in every frame; nil is silence.
type fixed []int16

func (s fixed) ReadFrame(f audio.Frame) bool { return copy(f, s) > 0 }

func TestGainRoundsAndClips(t *testing.T) {
	tests := []struct {
		name   string
		factor float64
		in     []int16
		want   []int16 // nil is silence
	}{
		{"unchanged", 1, []int16{1, -1, 32767, -32768}, []int16{1, -1, 32767, -32768}},
		{"quieter, rounded", 0.5, []int16{3, -3, 100}, []int16{2, -2, 50}},
		{"clipped", 2, []int16{20000, -20000, 5}, []int16{32767, -32768, 10}},
		{"inverted", -1, []int16{-32768, 7}, []int16{32767, -7}},
		{"nothing", 0, []int16{5}, nil},
		{"not a number", math.NaN(), []int16{5}, nil},
		{"silence stays silence", 2, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := make(audio.Frame, len(test.in))
			heard := audio.Gain(fixed(test.in), test.factor).ReadFrame(f)
			if heard != (test.want != nil) || heard && !slices.Equal(f, test.want) {
				t.Errorf("got %v, %v", f, heard)
			}
		})
	}
}

func TestOscillatorIsAPureTone(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		for _, frequency := range []float64{50, 440, 1000, 3400} {
			samples := audiotest.Record(audio.NewOscillator(-6, frequency), rate, time.Second)
			if clean := cleanness(samples, rate, frequency); clean < 80 {
				t.Errorf("%v Hz at %d Hz: the rest is %.1f dB below", frequency, rate, clean)
			}
			if level := audiotest.Level(samples); math.Abs(level+9.01) > 0.05 {
				t.Errorf("%v Hz at %d Hz: %.2f dB", frequency, rate, level)
			}
		}
	}
}

func TestOscillatorLeavesOutWhatTheRateCannotCarry(t *testing.T) {
	both := audiotest.Record(audio.NewOscillator(-6, 440, 5000), 8000, time.Second)
	if alone := audiotest.Record(audio.NewOscillator(-6, 440), 8000, time.Second); !slices.Equal(both, alone) {
		t.Error("5000 Hz is heard at 8000 Hz")
	}
	if audio.NewOscillator(0, 4000).ReadFrame(make(audio.Frame, 160)) {
		t.Error("nothing to say is not silence")
	}
}

func TestSourcesDoNotAllocate(t *testing.T) {
	source := audio.Gain(audio.NewOscillator(-6, 440, 480), 0.5)
	f := make(audio.Frame, 320)
	if n := testing.AllocsPerRun(200, func() { source.ReadFrame(f) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func BenchmarkOscillatorFrame(b *testing.B) {
	source := audio.NewOscillator(-6, 440)
	f := make(audio.Frame, 160)
	b.ReportAllocs()
	for b.Loop() {
		source.ReadFrame(f)
	}
}
