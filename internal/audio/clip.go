package audio

import "math"

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
