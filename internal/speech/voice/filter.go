package voice

import "math"

// biquad is a second-order filter in transposed direct form II.
type biquad struct{ b0, b1, b2, a1, a2, s1, s2 float32 }

// highPass and lowPass are Butterworth filters at a frequency, both in Hz.
func highPass(rate, frequency float64) biquad { return butterworth(rate, frequency, true) }
func lowPass(rate, frequency float64) biquad  { return butterworth(rate, frequency, false) }

// butterworth designs a filter by the bilinear transform.
func butterworth(rate, frequency float64, high bool) biquad {
	w := 2 * math.Pi * frequency / rate
	alpha := math.Sin(w) / math.Sqrt2
	cos := math.Cos(w)
	a0 := 1 + alpha
	edge := (1 - cos) / 2
	middle := 2 * edge
	if high {
		edge = (1 + cos) / 2
		middle = -2 * edge
	}
	return biquad{
		b0: float32(edge / a0), b1: float32(middle / a0), b2: float32(edge / a0),
		a1: float32(-2 * cos / a0), a2: float32((1 - alpha) / a0),
	}
}

func (f *biquad) next(x float32) float32 {
	y := f.b0*x + f.s1
	f.s1 = f.b1*x - f.a1*y + f.s2
	f.s2 = f.b2*x - f.a2*y
	return y
}

// halver halves a rate of 16 kHz with a half-band filter of 23 taps: what would
// alias into the voice band is 50 dB down.
type halver struct{ past [22]float32 }

// halfBand are the taps at odd distances from the middle one, which is 0.5.
var halfBand = func() (taps [6]float32) {
	for i := range taps {
		n := float64(2*i + 1)
		window := 0.54 + 0.46*math.Cos(math.Pi*n/12)
		taps[i] = float32(math.Sin(math.Pi*n/2) / (math.Pi * n) * window)
	}
	return taps
}()

// halve writes half as many samples as it is given.
func (h *halver) halve(out []float32, in []int16) {
	var x [22 + 320]float32
	copy(x[:], h.past[:])
	for i, s := range in {
		x[22+i] = float32(s)
	}
	for i := range out {
		middle := 2*i + 11
		sum := 0.5 * x[middle]
		for k, tap := range halfBand {
			sum += tap * (x[middle-2*k-1] + x[middle+2*k+1])
		}
		out[i] = sum
	}
	copy(h.past[:], x[len(in):])
}
