package audiotest

import "math"

// Likeness finds where what was said is heard best, and says how well: the ratio of
// the said to all else there, in dB, with the level that fits best. G.711 leaves
// some 35 dB, a lost frame of fifty 17. It needs a sound that is like itself in
// one place only; where nothing is alike it returns -1 and minus infinity.
func Likeness(heard, said []int16) (at int, ratio float64) {
	probe := said[:min(len(said), 4000)]
	at, best := -1, 0.0
	for shift := 0; shift+len(said) <= len(heard); shift++ {
		product, energy := compare(heard[shift:shift+len(probe)], probe)
		if score := product * math.Abs(product) / (energy + 1); score > best {
			at, best = shift, score
		}
	}
	if at < 0 {
		return -1, math.Inf(-1)
	}
	part := heard[at : at+len(said)]
	product, energy := compare(said, part)
	_, original := compare(part, said)
	alike := product * product / original // of the energy
	return at, 10 * math.Log10(alike/max(energy-alike, 1e-9))
}

// compare returns the scalar product of two sounds of one length, and b's energy.
func compare(b, a []int16) (product, energy float64) {
	var p, e int64
	for i, s := range a {
		p += int64(s) * int64(b[i])
		e += int64(b[i]) * int64(b[i])
	}
	return float64(p), float64(e)
}

// Speech is like speech for tests, and like itself in one place only: a voice whose
// pitch rises from 100 to 250 Hz, with all that is below 3.3 kHz, in syllables
// of 150 ms. It is the same at each rate.
func Speech(rate, milliseconds int) []int16 {
	samples := make([]int16, rate*milliseconds/1000)
	for i := range samples {
		at := float64(i) / float64(rate)
		whole := float64(milliseconds) / 1000
		phase := 2 * math.Pi * (100*at + 75*at*at/whole)
		pitch := 100 + 150*at/whole
		sum := 0.0
		for n := 1.0; n*pitch < 3300; n++ {
			sum += math.Sin(n*phase+n*n) / (1 + n/6)
		}
		loud := 0.55 - 0.45*math.Cos(2*math.Pi*at/0.15)
		samples[i] = int16(2500 * loud * sum)
	}
	return samples
}
