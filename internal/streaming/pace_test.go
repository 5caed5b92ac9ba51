package streaming

import (
	"math/rand/v2"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// relayed is what is heard of an application that passes on a tone for some seconds: in
// messages of so many ms, by a clock that is ppm slow, each up to jitter ms late. It returns
// how much waited at the end, in ms, too.
func relayed(p *playout, seconds int, ppm, each, jitter float64) (heard []int16, waits float64) {
	tone, random := audio.NewOscillator(-12, 437), rand.New(rand.NewPCG(3, 4))
	frame := make(audio.Frame, playoutRate/50)
	messages, next := 0, 0.0
	for tick := range seconds * audio.FramesPerSecond {
		for ; next <= 20*float64(tick); messages++ {
			for range int(each / 20) {
				tone.ReadFrame(frame)
				p.write(frame)
			}
			next = float64(messages+1)*each*(1+ppm*1e-6) + jitter*random.Float64()
		}
		f := make(audio.Frame, playoutRate/50)
		p.ReadFrame(f)
		heard = append(heard, f...)
	}
	return heard, float64(p.waiting()) * 1000 / playoutRate
}

// TestClocksOfApplicationsMayDrift: an application that passes on another call is heard
// without a gap, and without a delay that grows, whoever's clock is fast.
func TestClocksOfApplicationsMayDrift(t *testing.T) {
	clocks, seconds := []float64{-500, -100, 0, 100, 500}, 600
	if testing.Short() {
		clocks, seconds = []float64{-500, 500}, 200
	}
	for _, ppm := range clocks {
		p := newPlayout()
		heard, waits := relayed(p, seconds, ppm, 20, 5)
		if gaps := p.gaps.Load(); gaps > 0 || waits > 280 {
			t.Errorf("%v ppm: %d gaps, %.0f ms wait after ten minutes", ppm, gaps, waits)
		}
		breaks := audiotest.Breaks(heard[playoutRate/5:], playoutRate, 437)
		if len(breaks) > 0 {
			t.Errorf("%v ppm: the tone breaks: %v", ppm, breaks)
		}
	}
}

// TestSentencesKeepTheirPace: what an application sends at once, or by and by but faster
// than it is said, is played sample by sample.
func TestSentencesKeepTheirPace(t *testing.T) {
	for name, each := range map[string]int{"at once": 20 * audio.FramesPerSecond, "in messages of 100 ms, twice as fast": 5} {
		p := newPlayout()
		said := audiotest.Tone(playoutRate, 20e9, -12, 437)
		const frame = playoutRate / 50
		var heard []int16
		for tick := range 20*audio.FramesPerSecond + 5 {
			if from := tick / 5 * 10 * frame; each == 5 && tick%5 == 0 && from < len(said) {
				p.write(said[from:min(from+10*frame, len(said))])
			} else if each > 5 && tick == 0 {
				p.write(said)
			}
			f := make(audio.Frame, frame)
			if p.ReadFrame(f) {
				heard = append(heard, f...)
			}
		}
		for i := fadeSamples; i < len(said); i++ {
			if heard[i] != said[i] {
				t.Errorf("%s: sample %d is %d, want %d", name, i, heard[i], said[i])
				break
			}
		}
	}
}
