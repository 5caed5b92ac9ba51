package streaming

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestIrregularSoundIsPlayedWithoutClicks writes a tone in every way that applications
// do: ten seconds at once, pieces of odd sizes, late, with pauses of any length, and
// stopped on the way. No two samples of what is played are further apart than those of
// the tone and of a fade together, and without a stop none is left out or played twice.
func TestIrregularSoundIsPlayedWithoutClicks(t *testing.T) {
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 1))
		p, stops := newPlayout(), seed%3 == 0
		heard := playIrregularly(p, random, stops)
		before := int16(0)
		for i, s := range heard {
			if step := int(s) - int(before); step > steepest || step < -steepest {
				t.Fatalf("seed %d: a step of %d at sample %d of frame %d: %s", seed, step, i%320, i/320, around(heard, i))
			}
			before = s
		}
		if played := p.played.Load(); !stops && played != p.written.Load() {
			t.Errorf("seed %d: %d samples of %d were played", seed, played, p.written.Load())
		}
	}
}

// steepest is how far two samples of tone, of which both belong to a fade, can be apart:
// 400 Hz at 10,000 changes by 1,571 a sample; a fade by 10,000 in 80 samples.
const steepest = 1571 + 2*10000/fadeSamples + 1

// playIrregularly writes ten seconds or so of a tone, and returns what is played until
// nothing is left.
func playIrregularly(p *playout, random *rand.Rand, stops bool) (heard []int16) {
	rest := tone(500)
	listenFor := func(frames int) {
		_, all := listen(p, frames)
		heard = append(heard, all...)
	}
	for len(rest) > 0 {
		n := 0
		switch random.IntN(4) {
		case 0: // all at once
			n = len(rest)
		case 1: // a frame, a little early or late
			n = 320
		default:
			n = 1 + random.IntN(2000)
		}
		n = min(n, len(rest))
		p.write(rest[:n])
		rest = rest[n:]
		switch random.IntN(8) {
		case 0:
			listenFor(random.IntN(60)) // a pause
		case 1:
			if stops {
				p.clear()
			}
		default:
			listenFor(random.IntN(4))
		}
	}
	for p.waiting() > 0 {
		listenFor(1)
	}
	listenFor(3)
	return heard
}

func around(heard []int16, i int) string {
	return fmt.Sprint(heard[max(i-4, 0):min(i+4, len(heard))])
}
