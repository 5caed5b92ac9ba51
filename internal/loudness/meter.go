// Package loudness measures how loud sound is to people, as broadcasters do (ITU-R
// BS.1770-4, EBU R 128), and finds the gain that brings prompts to one loudness. It
// owns nothing but the state of its meters.
package loudness

import "math"

// Meter is a loudness meter for one channel: a filter that weighs frequencies as
// ears do, and the mean power of blocks of 400 ms, of which quiet ones do not
// count. A full-scale sine of 997 Hz has -3.01 LUFS.
type Meter struct {
	weight [2]biquad
	hop    int     // samples of 100 ms
	n      int     // of the hop so far
	power  float64 // of the hop so far
	last   [3]float64
	hops   int
	blocks []float64 // mean powers that passed the absolute gate
}

// absoluteGate is below which blocks never count, in LUFS; a relative gate lies so
// many LU below what is left (BS.1770-4 annex 2 §5).
const (
	absoluteGate = -70
	relativeGate = -10
)

// Silence is the loudness of what has no block above the gate.
var Silence = math.Inf(-1)

// NewMeter returns a meter for sound of a rate in Hz.
func NewMeter(rate int) *Meter {
	return &Meter{weight: [2]biquad{shelf(float64(rate)), highPass(float64(rate))}, hop: rate / 10}
}

// Write measures what follows.
func (m *Meter) Write(samples []int16) {
	for _, s := range samples {
		x := m.weight[1].filter(m.weight[0].filter(float64(s) / 32768))
		m.power += x * x
		if m.n++; m.n == m.hop {
			m.endHop()
		}
	}
}

// endHop ends a block of 400 ms every 100 ms: they overlap by three quarters.
func (m *Meter) endHop() {
	power := m.power / float64(m.hop)
	if m.hops++; m.hops >= 4 {
		block := (m.last[0] + m.last[1] + m.last[2] + power) / 4
		if loudness(block) > absoluteGate {
			m.blocks = append(m.blocks, block)
		}
	}
	m.last = [3]float64{m.last[1], m.last[2], power}
	m.n, m.power = 0, 0
}

// Integrated returns the gated loudness of all that was written, in LUFS, or
// Silence. Less than 400 ms are measured as if they went on as long.
func (m *Meter) Integrated() float64 {
	blocks := m.blocks
	if m.hops < 4 {
		sum, n := m.power, float64(m.n)
		for _, power := range m.last {
			sum += power * float64(m.hop)
		}
		n += float64(m.hops * m.hop)
		if mean := sum / max(n, 1); loudness(mean) > absoluteGate {
			blocks = []float64{mean}
		}
	}
	gate := loudness(mean(blocks, absoluteGate)) + relativeGate
	return loudness(mean(blocks, gate))
}

// mean is the mean power of the blocks above a gate in LUFS.
func mean(blocks []float64, gate float64) float64 {
	sum, n := 0.0, 0
	for _, power := range blocks {
		if loudness(power) > gate {
			sum += power
			n++
		}
	}
	return sum / float64(max(n, 1))
}

// loudness of a mean power (BS.1770-4 annex 1, equation 2).
func loudness(power float64) float64 {
	if power <= 0 {
		return Silence
	}
	return -0.691 + 10*math.Log10(power)
}
