package loudness

import "math"

// biquad is a filter of the second order.
type biquad struct {
	b0, b1, b2, a1, a2 float64
	z1, z2             float64
}

func (f *biquad) filter(x float64) float64 {
	y := f.b0*x + f.z1
	f.z1 = f.b1*x - f.a1*y + f.z2
	f.z2 = f.b2*x - f.a2*y
	return y
}

// shelf is the first stage of the weighting: what a head adds to high frequencies.
// BS.1770-4 gives its coefficients for 48 kHz alone; these are the frequency, gain
// and quality behind them, so that other rates have the same curve.
func shelf(rate float64) biquad {
	const frequency, gain, quality = 1681.974450955533, 3.999843853973347, 0.7071752369554196
	k := math.Tan(math.Pi * frequency / rate)
	high := math.Pow(10, gain/20)
	band := math.Pow(high, 0.4996667741545416)
	a0 := 1 + k/quality + k*k
	return biquad{
		b0: (high + band*k/quality + k*k) / a0,
		b1: 2 * (k*k - high) / a0,
		b2: (high - band*k/quality + k*k) / a0,
		a1: 2 * (k*k - 1) / a0,
		a2: (1 - k/quality + k*k) / a0,
	}
}

// highPass is the second stage: ears hardly hear what is low.
func highPass(rate float64) biquad {
	const frequency, quality = 38.13547087602444, 0.5003270373238773
	k := math.Tan(math.Pi * frequency / rate)
	a0 := 1 + k/quality + k*k
	return biquad{b0: 1, b1: -2, b2: 1, a1: 2 * (k*k - 1) / a0, a2: (1 - k/quality + k*k) / a0}
}
