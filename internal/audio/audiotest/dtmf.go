package audiotest

import (
	"math"
	"strings"
	"time"
)

// The frequencies of ITU-T Q.23, and the keys where they cross.
var (
	rows    = []float64{697, 770, 852, 941}
	columns = []float64{1209, 1336, 1477, 1633}
)

const keys = "123A456B789C*0#D"

// What makes two tones a key: together they hold most of the energy, and neither
// is much stronger than the other (Q.24 allows 4 to 8 dB).
const (
	keyShare = 0.75
	maxTwist = 8.0 // dB
)

// DTMF returns the keys pressed one after the other, 100 ms each with 100 ms
// of silence behind it. What is not a key is a pause of that length.
func DTMF(rate int, pressed string) []int16 {
	const press = 100 * time.Millisecond
	var samples []int16
	for _, key := range pressed {
		if at := strings.IndexRune(keys, key); at >= 0 {
			samples = append(samples, Tone(rate, press, -12, rows[at/4], columns[at%4])...)
		}
		samples = append(samples, make([]int16, count(press, rate))...)
	}
	return samples
}

// Keys returns the keys that are heard in-band in the samples, such as "123#".
// A press lasts 40 ms or more, and so does the pause between two of the same key.
func Keys(samples []int16, rate int) string {
	var ear keyEar
	for w := range windows(samples, rate) {
		ear.hear(w, rate)
	}
	return string(ear.heard)
}

// keyEar collects keys from successive windows. It believes what two windows
// say one after the other, so that an edge is not a key.
type keyEar struct {
	last  byte // what the window before said, 0 for no key
	held  byte // the key that is down
	heard []byte
}

func (e *keyEar) hear(w []int16, rate int) {
	key := keyOf(w, rate)
	if key == e.last && key != e.held {
		e.held = key
		if key != 0 {
			e.heard = append(e.heard, key)
		}
	}
	e.last = key
}

// keyOf returns the key that sounds in a window, or 0.
func keyOf(w []int16, rate int) byte {
	if Level(w) < faint {
		return 0
	}
	row, low := strongest(w, rate, rows)
	column, high := strongest(w, rate, columns)
	twist := 10 * math.Log10(high/low)
	if low+high < keyShare || math.Abs(twist) > maxTwist {
		return 0
	}
	return keys[row*4+column]
}

func strongest(w []int16, rate int, candidates []float64) (at int, share float64) {
	for i, frequency := range candidates {
		if s := Goertzel(w, rate, frequency); s > share {
			at, share = i, s
		}
	}
	return at, share
}
