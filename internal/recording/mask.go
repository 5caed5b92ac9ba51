package recording

import (
	"math"

	"github.com/switchhook/switchhook/internal/audio"
)

// The frequencies of keys, in Hz (ITU-T Q.23), four low ones and four high ones.
var keyTones = [8]float64{697, 770, 852, 941, 1209, 1336, 1477, 1633}

// The rules of a frame that is a key. They are wider than those of a receiver
// (Q.24): a key that is heard is worse than a syllable that is not.
const (
	keyLevel = 26843 // mean of squares: −46 dBFS
	keyShare = 0.55  // of the energy in one low and one high tone
	keyTwist = 10.0  // between the two, as a ratio of powers: 10 dB
)

// keyFactors are those of Goertzel's filters.
var keyFactors = func() (factors [8]float64) {
	for i, f := range keyTones {
		factors[i] = 2 * math.Cos(2*math.Pi*f/SampleRate)
	}
	return factors
}()

// isKey reports whether a frame of a recording is the sound of a key.
func isKey(f audio.Frame) bool {
	energy := float64(audio.Energy(f))
	if energy < keyLevel*float64(len(f)) {
		return false
	}
	low, high := strongest(f, 0), strongest(f, 4)
	share := 2 / float64(len(f)) * (low + high) / energy
	return share > keyShare && low < high*keyTwist && high < low*keyTwist
}

// strongest is the power of the strongest of four tones.
func strongest(f audio.Frame, group int) (most float64) {
	var a, b [4]float64 // the last two outputs of each filter
	factors := (*[4]float64)(keyFactors[group:])
	for _, s := range f {
		for i := range a {
			a[i], b[i] = float64(s)+factors[i]*a[i]-b[i], a[i]
		}
	}
	for i := range a {
		most = max(most, a[i]*a[i]+b[i]*b[i]-factors[i]*a[i]*b[i])
	}
	return most
}

// keyMask makes the frames of keys silent, and one frame around them, in which a key
// begins or ends. It delays by a frame.
type keyMask struct {
	last        [frameSamples]int16
	sounds      bool // last is no silence
	key, before bool // last is of a key; so is the one before it
	out         [frameSamples]int16
}

// pass takes a frame and returns the one before it; nil is silence.
func (m *keyMask) pass(f audio.Frame) (before audio.Frame) {
	key := f != nil && isKey(f)
	if m.sounds && !key && !m.key && !m.before {
		m.out = m.last
		before = m.out[:]
	}
	m.before, m.key = m.key, key
	if m.sounds = f != nil; m.sounds {
		copy(m.last[:], f)
	}
	return before
}
