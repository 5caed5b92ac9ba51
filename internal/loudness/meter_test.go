package loudness

import (
	"fmt"
	"math"
	"testing"
)

// sine is seconds of a sine at a peak level in dB below full scale.
func sine(rate int, seconds, level, frequency float64) []int16 {
	samples := make([]int16, int(seconds*float64(rate)))
	for i := range samples {
		samples[i] = int16(math.Round(32767 * math.Pow(10, level/20) * math.Sin(2*math.Pi*frequency*float64(i)/float64(rate))))
	}
	return samples
}

func measure(rate int, parts ...[]int16) float64 {
	m := NewMeter(rate)
	for _, part := range parts {
		m.Write(part)
	}
	return m.Integrated()
}

// TestReferenceSinesHaveTheirLoudness: a sine of 997 Hz at full scale in one channel has -3.01 LUFS
// (BS.1770-4 annex 1), at every rate.
func TestReferenceSinesHaveTheirLoudness(t *testing.T) {
	for _, rate := range []int{8000, 16000, 24000, 44100, 48000} {
		for _, level := range []float64{0, -20, -40} {
			t.Run(fmt.Sprintf("%d Hz, %v dB", rate, level), func(t *testing.T) {
				if got, want := measure(rate, sine(rate, 5, level, 997)), level-3.01; math.Abs(got-want) > 0.1 {
					t.Errorf("%.2f LUFS, want %.2f", got, want)
				}
			})
		}
	}
}

// TestCoefficientsAreThoseOfTheRecommendation: tables 1 and 2 of BS.1770-4 for 48 kHz.
func TestCoefficientsAreThoseOfTheRecommendation(t *testing.T) {
	tests := []struct {
		name string
		got  biquad
		want [5]float64 // b0, b1, b2, a1, a2
	}{
		{"shelf", shelf(48000), [5]float64{1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585}},
		{"high pass", highPass(48000), [5]float64{1, -2, 1, -1.99004745483398, 0.99007225036621}},
	}
	for _, test := range tests {
		got := [5]float64{test.got.b0, test.got.b1, test.got.b2, test.got.a1, test.got.a2}
		for i := range got {
			if math.Abs(got[i]-test.want[i]) > 1e-9 {
				t.Errorf("%s: %v, want %v", test.name, got, test.want)
				break
			}
		}
	}
}

// TestQuietPartsDoNotCount is EBU Tech 3341 §2.9, cases 3 to 5, in one channel: 3 LU
// quieter than in two.
func TestQuietPartsDoNotCount(t *testing.T) {
	rate := 48000
	if testing.Short() {
		rate = 8000
	}
	part := func(seconds, level float64) []int16 { return sine(rate, seconds, level, 1000) }
	tests := []struct {
		name string
		got  float64
	}{
		{"case 3", measure(rate, part(10, -36), part(60, -23), part(10, -36))},
		{"case 4", measure(rate, part(10, -72), part(10, -36), part(60, -23), part(10, -36), part(10, -72))},
		{"case 5", measure(rate, part(20, -26), part(20.1, -20), part(20, -26))},
	}
	for _, test := range tests {
		if math.Abs(test.got+23+3.01) > 0.1 {
			t.Errorf("%s: %.2f LUFS, want -26.01", test.name, test.got)
		}
	}
}

func TestSilenceHasNoLoudness(t *testing.T) {
	for name, samples := range map[string][]int16{"nothing": nil, "silence": make([]int16, 16000), "below the gate": sine(8000, 2, -75, 1000)} {
		if got := measure(8000, samples); got != Silence {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestShortSoundsAreMeasured: a prompt of less than a block has a loudness too.
func TestShortSoundsAreMeasured(t *testing.T) {
	for _, seconds := range []float64{0.05, 0.15, 0.35} {
		if got := measure(16000, sine(16000, seconds, -20, 1000)); math.Abs(got+23) > 0.5 {
			t.Errorf("%v s: %.2f LUFS", seconds, got)
		}
	}
}

func BenchmarkMeterSecondOf16kHz(b *testing.B) {
	m, second := NewMeter(16000), sine(16000, 1, -20, 440)
	b.ReportAllocs()
	for b.Loop() {
		m.Write(second)
		m.blocks = m.blocks[:0]
	}
}
