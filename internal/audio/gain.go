package audio

import "math"

// Gain makes a source louder or quieter by a factor: 0.5 is 6 dB quieter. What
// no longer fits 16 bits is clipped. A factor below zero inverts the sound; one
// that is not a number silences it.
func Gain(source Source, factor float64) Source {
	if math.IsNaN(factor) {
		factor = 0
	}
	return &gain{source: source, factor: float32(factor)}
}

type gain struct {
	source Source
	factor float32
}

// ReadFrame implements Source.
func (g *gain) ReadFrame(f Frame) bool {
	if !g.source.ReadFrame(f) || g.factor == 0 {
		return false
	}
	for i, s := range f {
		f[i] = clip(float32(s) * g.factor)
	}
	return true
}

// clip rounds to the nearest 16-bit sample, the outermost where there is none.
func clip(s float32) int16 {
	switch {
	case s >= math.MaxInt16:
		return math.MaxInt16
	case s <= math.MinInt16:
		return math.MinInt16
	case s >= 0:
		return int16(s + 0.5)
	case s < 0:
		return int16(s - 0.5)
	}
	return 0 // not a number
}
