// Package audiotest makes and recognises sounds, so that a test can say what a
// phone must hear instead of hoping that it hears something. Keys follow ITU-T
// Q.23 and Q.24.
package audiotest

import (
	"iter"
	"math"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// window is how much sound is judged at a time; frequencies 50 Hz apart can be
// told from each other in it.
const window = 25 * time.Millisecond

// hop is how far apart windows begin.
const hop = 10 * time.Millisecond

// pure is the share of a window's energy from which a tone counts as what is
// heard: it survives G.711, a resampler and some noise, but not speech or music.
const pure = 0.7

// faint is the level below which a window is silence, in dB below full scale.
const faint = -50.0

// Tone returns sine waves sounding together for a while, each at a level in dB
// below full scale. Any rate will do, also one without whole frames.
func Tone(rate int, d time.Duration, level float64, frequencies ...float64) []int16 {
	samples := make([]int16, count(d, rate))
	for i := range samples {
		var sum float64
		for _, f := range frequencies {
			sum += math.Sin(2 * math.Pi * f * float64(i) / float64(rate))
		}
		sum *= math.MaxInt16 * math.Pow(10, level/20)
		samples[i] = int16(math.Round(max(math.MinInt16, min(math.MaxInt16, sum))))
	}
	return samples
}

// Record returns what a source says for a while, rounded up to whole frames.
func Record(source audio.Source, rate int, d time.Duration) []int16 {
	var heard []int16
	frame := make(audio.Frame, audio.Samples(rate))
	for ; d > 0; d -= audio.FrameDuration {
		if !source.ReadFrame(frame) {
			clear(frame)
		}
		heard = append(heard, frame...)
	}
	return heard
}

// Goertzel returns the share, 0 to 1, of the samples' energy that lies at a
// frequency in Hz. A share needs some 20 ms of samples to mean anything.
func Goertzel(samples []int16, rate int, frequency float64) float64 {
	var energy, last, before float64
	coefficient := 2 * math.Cos(2*math.Pi*frequency/float64(rate))
	for _, s := range samples {
		x := float64(s)
		energy += x * x
		last, before = x+coefficient*last-before, last
	}
	if energy == 0 {
		return 0
	}
	power := last*last + before*before - coefficient*last*before
	return min(1, 2*power/(float64(len(samples))*energy))
}

// Dominant returns the candidate, in Hz, that holds the greatest share of the
// samples' energy, and that share. Silence has none: 0, 0.
func Dominant(samples []int16, rate int, candidates []float64) (frequency, ratio float64) {
	for _, candidate := range candidates {
		if share := Goertzel(samples, rate, candidate); share > ratio {
			frequency, ratio = candidate, share
		}
	}
	return frequency, ratio
}

// ContainsTone reports whether the frequency is what is heard, almost alone and
// without a break, for at least a time somewhere in the samples, to some 10 ms.
func ContainsTone(samples []int16, rate int, frequency float64, atLeast time.Duration) bool {
	enough := toneFor(rate, frequency, atLeast)
	for w := range windows(samples, rate) {
		if enough(w) {
			return true
		}
	}
	return false
}

// ToneTime returns for how long the frequency is what is heard, almost alone, in all:
// there may be breaks.
func ToneTime(samples []int16, rate int, frequency float64) (all time.Duration) {
	for w := range windows(samples, rate) {
		if isTone(w, rate, frequency) {
			all += hop
		}
	}
	return all
}

func isTone(w []int16, rate int, frequency float64) bool {
	return Level(w) >= faint && Goertzel(w, rate, frequency) >= pure
}

// toneFor makes a judge of successive windows: has the tone lasted yet?
func toneFor(rate int, frequency float64, atLeast time.Duration) func([]int16) bool {
	return lasting(atLeast, func(w []int16) bool { return isTone(w, rate, frequency) })
}

// lasting makes a judge of successive windows: has this held without a break?
func lasting(atLeast time.Duration, holds func([]int16) bool) func([]int16) bool {
	var run time.Duration
	return func(w []int16) bool {
		switch {
		case !holds(w):
			run = 0
			return false
		case run == 0:
			run = window
		default:
			run += hop
		}
		return run >= atLeast
	}
}

// RMS returns the root of the mean square of the samples, 0 to 32768.
func RMS(samples []int16) float64 {
	if len(samples) == 0 {
		return 0
	}
	var energy float64
	for _, s := range samples {
		energy += float64(s) * float64(s)
	}
	return math.Sqrt(energy / float64(len(samples)))
}

// Level returns the RMS in dB below full scale; a full sine is at -3, silence at
// minus infinity.
func Level(samples []int16) float64 { return 20 * math.Log10(RMS(samples)/(1<<15)) }

// windows cuts samples into overlapping windows; what is left at the end is
// shorter than one.
func windows(samples []int16, rate int) iter.Seq[[]int16] {
	size, step := count(window, rate), count(hop, rate)
	return func(yield func([]int16) bool) {
		for from := 0; from+size <= len(samples); from += step {
			if !yield(samples[from : from+size]) {
				return
			}
		}
	}
}

func count(d time.Duration, rate int) int { return int(d * time.Duration(rate) / time.Second) }
