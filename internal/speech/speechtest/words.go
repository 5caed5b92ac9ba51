package speechtest

import (
	"math"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// tones are the words, and what they sound like, in Hz: telephones carry all of them.
var tones = map[string]float64{"alpha": 500, "bravo": 700, "charlie": 950, "delta": 1250, "echo": 1600}

// Say speaks words, each for 200 ms, with 100 ms between them.
func Say(rate int, words ...string) (samples []int16) {
	for i, word := range words {
		if i > 0 {
			samples = append(samples, make([]int16, rate/10)...)
		}
		samples = append(samples, audiotest.Tone(rate, 200*time.Millisecond, -12, tones[word])...)
	}
	return samples
}

// word is what was heard, and when.
type word struct {
	text       string
	start, end time.Duration
}

// understand finds the words in samples.
func understand(samples []int16, rate int) (found []word) {
	const step = 20 * time.Millisecond
	size := rate / 50
	for at := 0; at+size <= len(samples); at += size {
		frame, from := samples[at:at+size], time.Duration(at)*time.Second/time.Duration(rate)
		text := loudest(frame, rate)
		switch n := len(found); {
		case text == "":
		case n > 0 && found[n-1].text == text && from-found[n-1].end <= step:
			found[n-1].end = from + step
		default:
			found = append(found, word{text, from, from + step})
		}
	}
	// What lasts less than 100 ms is no word.
	kept := found[:0]
	for _, w := range found {
		if w.end-w.start >= 100*time.Millisecond {
			kept = append(kept, w)
		}
	}
	return kept
}

// loudest is the word whose tone has most of a frame's energy.
func loudest(frame []int16, rate int) (text string) {
	if audiotest.RMS(frame) < 500 {
		return ""
	}
	var most float64
	for candidate, frequency := range tones {
		if e := energyAt(frame, rate, frequency); e > most {
			text, most = candidate, e
		}
	}
	return text
}

// energyAt is the energy at a frequency: Goertzel's algorithm.
func energyAt(frame []int16, rate int, frequency float64) float64 {
	c := 2 * math.Cos(2*math.Pi*frequency/float64(rate))
	var s1, s2 float64
	for _, x := range frame {
		s1, s2 = float64(x)+c*s1-s2, s1
	}
	return s1*s1 + s2*s2 - c*s1*s2
}

// textOf joins words.
func textOf(words []word) (text string) {
	for i, w := range words {
		if i > 0 {
			text += " "
		}
		text += w.text
	}
	return text
}

func durationOf(samples, rate int) time.Duration {
	return time.Duration(samples) * time.Second / time.Duration(rate)
}
