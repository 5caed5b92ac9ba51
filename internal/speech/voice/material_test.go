package voice

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// The material of these tests is computed: nothing is stored.

func seconds(d time.Duration) int { return int(d.Seconds() * rate) }

// vowels is a voice that says syllables: pulses of a pitch in Hz that falls, through
// three formants, with pauses between them.
func vowels(pitch float64, syllables int, level float64) []int16 {
	formants := [][3]float64{{730, 1090, 2440}, {270, 2290, 3010}, {570, 840, 2410}, {440, 1020, 2240}, {660, 1720, 2410}}
	var out []float64
	for i := range syllables {
		n := seconds(180 * time.Millisecond)
		pulses := make([]float64, n)
		for at := 0.0; int(at) < n; {
			pulses[int(at)] = 1
			at += rate / (pitch * (1 - 0.15*at/float64(n)))
		}
		said := pulses
		for _, f := range formants[i%len(formants)] {
			said = resonant(said, f)
		}
		for k := range said {
			said[k] *= math.Sin(math.Pi * float64(k) / float64(n))
		}
		out = append(append(out, said...), make([]float64, seconds(70*time.Millisecond))...)
	}
	return scaled(out, level)
}

// resonant is a resonance of 80 Hz width.
func resonant(in []float64, frequency float64) []float64 {
	r := math.Exp(-math.Pi * 80 / rate)
	a1, a2 := 2*r*math.Cos(2*math.Pi*frequency/rate), -r*r
	out := make([]float64, len(in))
	for i, x := range in {
		y := x
		if i > 0 {
			y += a1 * out[i-1]
		}
		if i > 1 {
			y += a2 * out[i-2]
		}
		out[i] = y
	}
	return out
}

// scaled gives a sound a level in dBFS while it is there.
func scaled(in []float64, level float64) []int16 {
	var energy float64
	n := 0
	for _, x := range in {
		if x != 0 {
			energy += x * x
			n++
		}
	}
	gain := 0.0
	if n > 0 {
		gain = 32768 / math.Sqrt2 * math.Pow(10, level/20) / math.Sqrt(energy/float64(n))
	}
	out := make([]int16, len(in))
	for i, x := range in {
		out[i] = int16(max(-32768, min(32767, x*gain)))
	}
	return out
}

func silence(d time.Duration) []int16 { return make([]int16, seconds(d)) }

// noise of a colour: a one-pole low-pass of white noise; 0 is white, near 1 a car.
func noise(r *rand.Rand, d time.Duration, colour, level float64) []int16 {
	out := make([]float64, seconds(d))
	last := 0.0
	for i := range out {
		last = colour*last + r.NormFloat64()
		out[i] = last
	}
	return scaled(out, level)
}

// shaped is noise with an envelope: breath is slow, a cough quick.
func shaped(r *rand.Rand, d, attack time.Duration, colour, level float64) []int16 {
	out := make([]float64, seconds(d))
	last := 0.0
	for i := range out {
		last = colour*last + r.NormFloat64()
		up := min(1, float64(i)/float64(seconds(attack)))
		out[i] = last * up * math.Exp(-3*float64(i)/float64(len(out)))
	}
	return scaled(out, level)
}

// thump is a low sound that dies away, as of a handset that is put down.
func thump(r *rand.Rand, level float64) []int16 {
	out := make([]float64, seconds(250*time.Millisecond))
	f := 40 + 30*r.Float64()
	for i := range out {
		out[i] = math.Sin(2*math.Pi*f*float64(i)/rate) * math.Exp(-float64(i)/400)
	}
	return scaled(out, level)
}

func click(level float64) []int16 {
	out := make([]float64, seconds(20*time.Millisecond))
	out[3], out[4], out[5] = 1, -1, 0.5
	return scaled(out, level)
}

func beep(frequency float64, d time.Duration) []int16 { return audiotest.Tone(rate, d, -12, frequency) }

func join(parts ...[]int16) (all []int16) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// over adds a sound to another, sample by sample.
func over(a, b []int16) []int16 {
	out := make([]int16, len(a))
	for i := range out {
		sum := int(a[i])
		if i < len(b) {
			sum += int(b[i])
		}
		out[i] = int16(max(-32768, min(32767, sum)))
	}
	return out
}
