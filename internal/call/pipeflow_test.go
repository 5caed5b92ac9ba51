package call

import (
	"math/rand/v2"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// pipeTest is what is sent through a pipe: a tone, whose ends tick by clocks that are ppm
// apart, each tick late by up to jitter, in ms, from a moment on.
type pipeTest struct {
	ppm, jitter float64
	spurt       int // frames of the tone, each followed by as many of silence; 0: no pauses
}

// heard is what comes out in some seconds, and how often it begins.
func (test pipeTest) heard(seconds int) (heard []int16, begins int) {
	pipe := newPipe()
	from, to := hairpinPort{out: pipe}, hairpinPort{in: pipe}
	tone := audio.NewOscillator(-10, 437)
	random := rand.New(rand.NewPCG(1, 2))
	late := func() float64 { return test.jitter * random.Float64() }
	written, write, hears := 0, late(), false
	for tick := range seconds * audio.FramesPerSecond {
		for now := 20*float64(tick) + late(); write <= now; write = float64(written)*20*(1+test.ppm*1e-6) + late() {
			said := make(audio.Frame, 160)
			tone.ReadFrame(said)
			if test.spurt > 0 && written/test.spurt%2 == 1 {
				said = nil
			}
			from.WriteFrame(said)
			written++
		}
		f := make(audio.Frame, 160)
		was := hears
		if hears = to.ReadFrame(f); hears && !was {
			begins++
		}
		heard = append(heard, f...)
	}
	return heard, begins
}

// TestPipeHasNoHoles: two calls whose ticks come at the same moment, a little sooner and a
// little later, hear each other whole. Clocks that drift apart cost a moment now and then,
// which does not click.
func TestPipeHasNoHoles(t *testing.T) {
	for name, test := range map[string]struct {
		pipeTest
		breaks, begins int
	}{
		"the same moment":            {pipeTest{jitter: 1}, 0, 1},
		"spurts":                     {pipeTest{jitter: 1, spurt: 50}, -1, 300},
		"the writer's clock slow":    {pipeTest{ppm: 100, jitter: 0.1}, 2, 1},
		"the writer's clock fast":    {pipeTest{ppm: -100, jitter: 0.1}, 3, 1},
		"a clock that is far off":    {pipeTest{ppm: 500, jitter: 0.1}, 10, 1},
		"the same to the other side": {pipeTest{ppm: -500, jitter: 0.1}, 15, 1},
	} {
		if testing.Short() && test.ppm < 0 {
			continue
		}
		heard, begins := test.heard(600)
		if begins != test.begins {
			t.Errorf("%s: it begins %d times, want %d", name, begins, test.begins)
		}
		if test.breaks < 0 {
			continue
		}
		heard = heard[1600:]
		breaks := audiotest.Breaks(heard, 8000, 437)
		if len(breaks) > test.breaks {
			t.Errorf("%s: %d breaks: %v", name, len(breaks), breaks)
		}
		for i := range heard[2:] { // the tone's own second differences are 1,210 at most
			if bend := int(heard[i+2]) - 2*int(heard[i+1]) + int(heard[i]); max(bend, -bend) > 4000 {
				t.Errorf("%s: a click at %d ms", name, 200+i/8)
			}
		}
	}
}
