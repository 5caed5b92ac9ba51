package audiotest

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestDominantFindsTheLoudestTone(t *testing.T) {
	mixed := mix(Tone(8000, time.Second, -6, 440), Tone(8000, time.Second, -20, 1000))
	frequency, ratio := Dominant(mixed, 8000, []float64{300, 440, 1000, 3000})
	if frequency != 440 || ratio < 0.9 || ratio > 0.99 {
		t.Errorf("got %v Hz with a share of %.3f, want 440 Hz with 0.96", frequency, ratio)
	}
}

func TestSilenceHasNoDominantTone(t *testing.T) {
	if frequency, ratio := Dominant(make([]int16, 800), 8000, []float64{440}); frequency != 0 || ratio != 0 {
		t.Errorf("got %v Hz, %v", frequency, ratio)
	}
}

func TestToneIsFoundIfItLasts(t *testing.T) {
	quiet := make([]int16, 4000)
	half := Tone(8000, 500*time.Millisecond, -12, 440)
	tests := []struct {
		name    string
		samples []int16
		atLeast time.Duration
		want    bool
	}{
		{"the whole time", half, 480 * time.Millisecond, true},
		{"between silences", join(quiet, half, quiet), 450 * time.Millisecond, true},
		{"too short", join(quiet, half, quiet), 600 * time.Millisecond, false},
		{"with a gap", join(half, quiet[:400], half), 600 * time.Millisecond, false},
		{"nothing", nil, 100 * time.Millisecond, false},
		{"silence", quiet, 100 * time.Millisecond, false},
		{"too faint to be heard", Tone(8000, time.Second, -60, 440), 100 * time.Millisecond, false},
		{"another tone", Tone(8000, time.Second, -12, 540), 100 * time.Millisecond, false},
		{"a tone beside a louder one", mix(half, Tone(8000, 500*time.Millisecond, -3, 900)), 100 * time.Millisecond, false},
		{"noise", noise(8000, -12), 50 * time.Millisecond, false},
		{"in some noise", mix(half, noise(4000, -24)), 450 * time.Millisecond, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := ContainsTone(test.samples, 8000, 440, test.atLeast); got != test.want {
				t.Errorf("got %v for %s", got, Describe(test.samples, 8000))
			}
		})
	}
}

func TestToneTimeAddsUp(t *testing.T) {
	const rate = 16000
	heard := join(Tone(rate, time.Second, -9, 440), make([]int16, rate/2), Tone(rate, time.Second, -9, 700), Tone(rate, time.Second/2, -9, 440))
	for frequency, want := range map[float64]time.Duration{440: 1500 * time.Millisecond, 700: time.Second, 900: 0} {
		if got := ToneTime(heard, rate, frequency); (got - want).Abs() > 100*time.Millisecond {
			t.Errorf("%v Hz for %v, want %v", frequency, got, want)
		}
	}
}

func TestLevelOfAFullSine(t *testing.T) {
	if level := Level(Tone(16000, time.Second, 0, 1000)); math.Abs(level+3.01) > 0.05 {
		t.Errorf("a full sine is at %.2f dB, want -3.01", level)
	}
	if level := Level(nil); !math.IsInf(level, -1) {
		t.Errorf("nothing is at %v dB", level)
	}
}

func TestDescribeNamesWhatIsHeard(t *testing.T) {
	tests := []struct {
		samples []int16
		want    string
	}{
		{make([]int16, 8000), "1s of silence"},
		{nil, "0s of silence"},
		{Tone(8000, time.Second, -12, 440), "1s at -15 dB, 440 Hz holds 100 % of its loudest moment"},
		{DTMF(8000, "7#"), `400ms at -15 dB, keys "7#"`},
	}
	for _, test := range tests {
		if got := Describe(test.samples, 8000); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func join(parts ...[]int16) (all []int16) {
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

func mix(a, b []int16) []int16 {
	sum := make([]int16, len(a))
	for i := range sum {
		sum[i] = a[i] + b[i]
	}
	return sum
}

// noise is white, at a level in dB below full scale, and always the same.
func noise(n int, level float64) []int16 {
	random := rand.New(rand.NewPCG(1, 2))
	samples := make([]int16, n)
	for i := range samples {
		samples[i] = int16(max(-32768, min(32767, random.NormFloat64()*32768*math.Pow(10, level/20))))
	}
	return samples
}
