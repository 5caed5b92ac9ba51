package loudness

import "math"

// What a gain may do: noise is not made a prompt, and a prompt is not made noise.
const (
	mostGain  = 20  // dB
	leastGain = -40 // dB
	// peakLimit is the loudest sample that a gain makes, -1 dB: what lies between two
	// samples is louder than both.
	peakLimit = 0.891 * math.MaxInt16
)

// gainTo is the factor that brings a loudness in LUFS to another; 1 for Silence.
func gainTo(target, measured float64) float64 {
	if measured == Silence {
		return 1
	}
	return math.Pow(10, max(leastGain, min(mostGain, target-measured))/20)
}

// peak is the loudest sample.
func peak(samples []int16) float64 {
	most := 0
	for _, s := range samples {
		most = max(most, int(s), -int(s))
	}
	return float64(most)
}

// scaled rounds a sample times a gain, and clips it.
func scaled(s int16, gain float64) int16 {
	return int16(max(math.MinInt16, min(math.MaxInt16, math.RoundToEven(float64(s)*gain))))
}

// Gain is the factor that brings a whole sound of a rate in Hz to a loudness in
// LUFS, or as near to it as its loudest sample allows.
func Gain(samples []int16, rate int, target float64) float64 {
	m := NewMeter(rate)
	m.Write(samples)
	gain := gainTo(target, m.Integrated())
	if most := peak(samples) * gain; gain > 1 && most > peakLimit {
		return max(1, gain*peakLimit/most)
	}
	return gain
}

// Apply multiplies sound by a factor.
func Apply(samples []int16, gain float64) {
	for i, s := range samples {
		samples[i] = scaled(s, gain)
	}
}
