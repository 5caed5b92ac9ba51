package audiotest

import (
	"fmt"
	"math"
	"math/cmplx"
	"time"
)

// Break is a place where a tone that should go on does not.
type Break struct {
	At    time.Duration // from the beginning of the samples
	Jump  float64       // of its phase, in turns: half of one at most; what was left out, put in, or both
	Level float64       // dB, against the whole: a gap is far below 0
}

func (b Break) String() string {
	return fmt.Sprintf("%v: phase %+.2f, %+.0f dB", b.At.Round(time.Millisecond), b.Jump, b.Level)
}

// What is a break: more than codecs, resamplers and a clock that is 1 % wrong do.
const (
	breakWindow = 10 * time.Millisecond
	breakJump   = 0.04 // turns
	breakLevel  = 2.0  // dB, up or down
	breakApart  = 30 * time.Millisecond
)

// Breaks returns where a tone in the samples is interrupted, jumps, or changes its
// level: what a listener hears as gaps and clicks. Samples must hold nothing but the
// tone. A jump of whole periods is not seen; take a frequency of which no
// packet holds a whole number.
func Breaks(samples []int16, rate int, frequency float64) (found []Break) {
	size := count(breakWindow, rate)
	hop := size / 2
	usual := RMS(samples)
	before, drift := complex128(0), complex128(1) // drift turns with the sender's clock
	last := -breakApart
	for at := 0; at+size <= len(samples); at += hop {
		phasor := demodulated(samples[at:at+size], at, rate, frequency)
		level := 20 * math.Log10(cmplx.Abs(phasor)/(math.Sqrt2*usual))
		turn := 0.0
		if before != 0 && phasor != 0 {
			moved := phasor / before / drift
			if turn = cmplx.Phase(moved) / (2 * math.Pi); math.Abs(turn) < breakJump {
				moved = cmplx.Rect(1, cmplx.Phase(moved)/8)
				drift *= moved
			}
		}
		before = phasor
		if math.Abs(turn) < breakJump && math.Abs(level) < breakLevel {
			continue
		}
		moment := time.Duration(at) * time.Second / time.Duration(rate)
		if n := len(found); n > 0 && moment-last < breakApart {
			found[n-1].Jump, found[n-1].Level = found[n-1].Jump+turn, min(found[n-1].Level, level)
		} else {
			found = append(found, Break{moment, turn, level})
		}
		last = moment
	}
	return found
}

// demodulated is a tone's amplitude and phase in a window that begins at a sample.
func demodulated(window []int16, at, rate int, frequency float64) (sum complex128) {
	for i, s := range window {
		shape := 0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(len(window)))
		sum += complex(float64(s)*shape, 0) * cmplx.Rect(1, -2*math.Pi*frequency*float64(at+i)/float64(rate))
	}
	return sum * complex(4/float64(len(window)), 0)
}
