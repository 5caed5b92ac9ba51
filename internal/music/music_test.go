package music

import (
	"math"
	"slices"
	"testing"

	"github.com/switchhook/switchhook/internal/loudness"
)

// TestMusicIsAsLoudAsAVoice: quiet enough not to be turned down, and never clipped.
func TestMusicIsAsLoudAsAVoice(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		samples := Hold(rate)
		m := loudness.NewMeter(rate)
		m.Write(samples)
		if got := m.Integrated(); got < -27 || got > -21 {
			t.Errorf("at %d Hz: %.1f LUFS", rate, got)
		}
		if most := max(slices.Max(samples), -slices.Min(samples)); most > 11000 || most < 9000 {
			t.Errorf("at %d Hz the peak is %d", rate, most)
		}
		if len(samples) != 48*rate {
			t.Errorf("at %d Hz: %d samples", rate, len(samples))
		}
	}
}

// TestMusicHasNoSeamAndNoPause: nowhere, and at the seam least, does it jump or stop.
func TestMusicHasNoSeamAndNoPause(t *testing.T) {
	const rate = 16000
	samples := Hold(rate)
	at := func(i int) float64 { return float64(samples[(i+len(samples))%len(samples)]) }
	most := 0.0 // of the second difference: what a click has much of
	for i := range samples {
		if i > 2 {
			most = max(most, math.Abs(at(i)-2*at(i-1)+at(i-2)))
		}
	}
	for i := range 4 {
		if d := math.Abs(at(i) - 2*at(i-1) + at(i-2)); d > most/2 {
			t.Errorf("at the seam the sound bends by %.0f, elsewhere by %.0f at most", d, most)
		}
	}
	if most > 2500 {
		t.Errorf("somewhere the sound bends by %.0f", most)
	}
	for start := 0; start < len(samples); start += rate / 4 {
		power := 0.0
		for i := range rate / 2 {
			power += at(start+i) * at(start+i)
		}
		if level := 10 * math.Log10(power/(rate/2)/(32768*32768)); level < -36 {
			t.Errorf("after %.1f s it is nearly silent: %.1f dB", float64(start)/rate, level)
		}
	}
}

// TestMusicIsTheSameEachTime: nothing of it is left to chance.
func TestMusicIsTheSameEachTime(t *testing.T) {
	if !slices.Equal(Hold(8000), Hold(8000)) {
		t.Error("two renderings differ")
	}
}

// TestMusicHasSeveralVoices: a chord is heard whole, each of its notes.
func TestMusicHasSeveralVoices(t *testing.T) {
	const rate = 16000
	samples := Hold(rate)
	for i, c := range piece {
		from := (i*chordSeconds + 2) * rate
		for _, note := range c.pad {
			tone := power(samples[from:from+rate], rate, 440*math.Pow(2, float64(note-69)/12))
			beside := power(samples[from:from+rate], rate, 440*math.Pow(2, (float64(note-69)-0.5)/12))
			if tone < 4*beside {
				t.Errorf("chord %d: note %d does not stand out: %.1f against %.1f", i, note, tone, beside)
			}
		}
	}
}

// power is that of one frequency, under a window.
func power(samples []int16, rate int, frequency float64) float64 {
	var re, im float64
	for i, s := range samples {
		w := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(len(samples)))
		sin, cos := math.Sincos(2 * math.Pi * frequency * float64(i) / float64(rate))
		re += w * float64(s) * cos
		im += w * float64(s) * sin
	}
	return math.Sqrt(re*re+im*im) / float64(len(samples))
}

func BenchmarkHold(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Hold(16000)
	}
}
