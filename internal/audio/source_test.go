package audio_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

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
	source := audio.NewOscillator(-6, 440, 480)
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
