package loudness

import (
	"math"
	"slices"
	"testing"
)

// measured is the loudness of a part of a sound.
func measured(samples []int16, rate int) float64 { return measure(rate, samples) }

// levelled sends a sound through a leveller, in pieces of odd sizes.
func levelled(samples []int16, rate int, target float64) (out []int16) {
	l := NewLeveller(rate, target)
	for part := range slices.Chunk(samples, 777) {
		out = l.Append(out, part)
	}
	return l.Flush(out)
}

func TestSoundsBecomeOneLoudness(t *testing.T) {
	const rate, target = 16000, -23
	for _, level := range []float64{-3, -12, -23, -35, -38} {
		whole := sine(rate, 4, level, 700)
		Apply(whole, Gain(whole, rate, target))
		if got := measured(whole, rate); math.Abs(got-target) > 0.1 {
			t.Errorf("%v dB as a whole: %.2f LUFS", level, got)
		}
		streamed := levelled(sine(rate, 4, level, 700), rate, target)
		if got := measured(streamed, rate); math.Abs(got-target) > 0.1 || len(streamed) != 4*rate {
			t.Errorf("%v dB while it arrives: %.2f LUFS, %d samples", level, got, len(streamed))
		}
	}
}

// TestGainStopsAtPeaks: a quiet sound with one loud click is made louder only as far
// as the click allows, and nothing is clipped.
func TestGainStopsAtPeaks(t *testing.T) {
	const rate = 16000
	quiet := func() []int16 {
		s := sine(rate, 4, -40, 700)
		s[2*rate] = 16000
		return s
	}
	whole := quiet()
	Apply(whole, Gain(whole, rate, -16))
	if most := peak(whole); most > peakLimit+1 || most < 0.8*peakLimit {
		t.Errorf("the whole sound's peak is %.0f", most)
	}
	if most := peak(levelled(quiet(), rate, -16)); most > peakLimit+1 {
		t.Errorf("the peak is %.0f while it arrives", most)
	}
}

// TestLevellerFollowsSlowly: a speaker who moves away from the microphone is heard
// to do so; the gain changes by 3 dB a second at most, without a step.
func TestLevellerFollowsSlowly(t *testing.T) {
	const rate = 16000
	out := levelled(append(sine(rate, 5, -20, 700), sine(rate, 20, -40, 700)...), rate, -23)
	at := func(second float64) float64 { return measured(out[int(second*rate):int((second+0.4)*rate)], rate) }
	if got := at(3); math.Abs(got+23) > 0.3 {
		t.Errorf("before: %.1f LUFS", got)
	}
	if got := at(5.1); got > -38 {
		t.Errorf("just behind the change: %.1f LUFS", got)
	}
	for s := 5.2; s < 23; s++ {
		if rise := at(s+1) - at(s); rise > 3.1 || rise < -0.3 {
			t.Errorf("after %.0f s the sound rises by %.1f dB in a second", s, rise)
		}
	}
}

func TestSilenceStaysSilence(t *testing.T) {
	const rate = 8000
	if gain := Gain(make([]int16, rate), rate, -16); gain != 1 {
		t.Errorf("gain %v", gain)
	}
	noise := sine(rate, 2, -78, 700)
	if got := levelled(noise, rate, -16); !slices.Equal(got, noise) {
		t.Error("what is below the gate is changed")
	}
}
