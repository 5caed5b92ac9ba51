package voice

import "math"

// points is the size of the transform: 40 ms at 8 kHz, padded.
const points = 512

// nearBins is how far a peak reaches: 31 Hz each side.
const nearBins = 2

// tables of the transform.
var (
	hann = func() (w [window]float32) {
		for i := range w {
			w[i] = float32(0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/(window-1)))
		}
		return w
	}()
	twiddles = func() (t [points / 2]complex64) {
		for i := range t {
			sin, cos := math.Sincos(-2 * math.Pi * float64(i) / points)
			t[i] = complex(float32(cos), float32(sin))
		}
		return t
	}()
	reversed = func() (r [points]uint16) {
		for i := range r {
			for bit := range 9 {
				r[i] |= uint16(i>>bit&1) << (8 - bit)
			}
		}
		return r
	}()
)

// peaksShare is how much of the energy the two strongest peaks hold, 0 to 1: nearly
// all of a beep, a key or a dial tone.
func (d *Detector) peaksShare() float32 {
	x := &d.transform
	for i := range x {
		x[i] = 0
	}
	for i, w := range hann {
		x[reversed[i]] = complex(d.recent[i]*w, 0)
	}
	for size := 2; size <= points; size *= 2 {
		step := points / size
		for start := 0; start < points; start += size {
			for k := range size / 2 {
				a, b := x[start+k], x[start+k+size/2]*twiddles[k*step]
				x[start+k], x[start+k+size/2] = a+b, a-b
			}
		}
	}
	var power [points / 2]float32
	var total float32
	for i := range power {
		re, im := real(x[i]), imag(x[i])
		power[i] = re*re + im*im
		total += power[i]
	}
	if total == 0 {
		return 0
	}
	return (takePeak(&power) + takePeak(&power)) / total
}

// takePeak removes the strongest peak and returns its energy.
func takePeak(power *[points / 2]float32) (energy float32) {
	at := 0
	for i, p := range power {
		if p > power[at] {
			at = i
		}
	}
	for i := max(0, at-nearBins); i <= min(len(power)-1, at+nearBins); i++ {
		energy += power[i]
		power[i] = 0
	}
	return energy
}
