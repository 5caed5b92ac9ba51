package streaming

import (
	"math"
	"testing"
)

// tone is a sine of 400 Hz at playoutRate.
func tone(frames int) []int16 {
	out := make([]int16, frames*320)
	for i := range out {
		out[i] = int16(10000 * math.Sin(2*math.Pi*400*float64(i)/playoutRate))
	}
	return out
}

// listen reads frames of 16 kHz and tells which were heard.
func listen(p *playout, n int) (heard string, all []int16) {
	for range n {
		f := make([]int16, 320)
		if p.ReadFrame(f) {
			heard += "x"
		} else {
			heard += "."
			clear(f)
		}
		all = append(all, f...)
	}
	return heard, all
}

func TestPlayoutStarts(t *testing.T) {
	for _, test := range []struct {
		name  string
		write func(p *playout, tick int)
		want  string
	}{
		{"with one frame a tick, when two are there", func(p *playout, i int) { p.write(tone(1)) }, ".xxxxxxxxx"},
		{"at once, if the first message brought several", func(p *playout, i int) {
			if i == 0 {
				p.write(tone(4))
			}
		}, "xxxxx....."}, // the last one is the fade
		{"after the wait, if nothing follows", func(p *playout, i int) {
			if i == 0 {
				p.write(tone(1)[:200])
			}
		}, "..x......."},
		{"with nothing, never", func(*playout, int) {}, ".........."},
	} {
		p, heard := newPlayout(), ""
		for i := range 10 {
			test.write(p, i)
			h, _ := listen(p, 1)
			heard += h
		}
		if heard != test.want {
			t.Errorf("%s: heard %s, want %s", test.name, heard, test.want)
		}
	}
}

// TestGapIsBufferedLonger: what comes soon after nothing was left was late, and
// waits for 100 ms of audio, or for as long; the next time for 200 ms.
func TestGapIsBufferedLonger(t *testing.T) {
	p := newPlayout()
	p.write(tone(120))
	listen(p, 120)
	listen(p, 3)
	heard := ""
	for range 12 {
		p.write(tone(1))
		h, _ := listen(p, 1)
		heard += h
	}
	if heard != "....xxxxxxxx" {
		t.Errorf("after a gap: %s", heard)
	}
	listen(p, 4)
	listen(p, 2)
	heard = ""
	for range 14 {
		p.write(tone(1))
		h, _ := listen(p, 1)
		heard += h
	}
	if heard != ".........xxxxx" {
		t.Errorf("after another gap soon: %s", heard)
	}
	if n := p.gaps.Load(); n != 2 {
		t.Errorf("%d gaps were counted, want 2", n)
	}
}

func TestPauseBetweenSentencesIsNoGap(t *testing.T) {
	p := newPlayout()
	p.write(tone(10))
	listen(p, 10)
	listen(p, 30)
	p.write(tone(3))
	if heard, _ := listen(p, 3); heard != "xxx" || p.gaps.Load() != 0 {
		t.Errorf("after 600 ms: heard %s, gaps %d", heard, p.gaps.Load())
	}
}

// TestPlayoutLosesNothing asks for every sample, over many blocks and odd sizes.
func TestPlayoutLosesNothing(t *testing.T) {
	p, sent := newPlayout(), tone(500)
	for rest, n := sent, 1; len(rest) > 0; n = n*7%997 + 1 {
		n = min(n, len(rest))
		p.write(rest[:n])
		rest = rest[n:]
	}
	listen(p, 0)
	_, heard := listen(p, 502)
	for len(heard) > 0 && heard[0] == 0 {
		heard = heard[1:]
	}
	sent = sent[1:] // the first sample is zero
	for i := fadeSamples; i < len(sent)-1; i++ {
		if heard[i] != sent[i] {
			t.Fatalf("sample %d is %d, want %d", i, heard[i], sent[i])
		}
	}
}

// TestClearFallsSilentWithoutAClick: a queue of a minute is silent within a frame,
// and what is written after it is heard.
func TestClearFallsSilentWithoutAClick(t *testing.T) {
	p := newPlayout()
	p.write(tone(3000))
	listen(p, 20)
	p.clear()
	p.write(tone(2))
	heard, all := listen(p, 4)
	if heard != "xxxx" { // a fade, what was written after it, and its fade
		t.Errorf("after clear: %s", heard)
	}
	for i := 1; i < fadeSamples+1; i++ {
		if step := int(all[i]) - int(all[i-1]); step > 1600 || step < -1600 {
			t.Errorf("a step of %d at sample %d", step, i)
		}
	}
	for _, s := range all[fadeSamples:320] {
		if s != 0 {
			t.Fatal("the frame of the clear goes on after its fade")
		}
	}
	if p.waiting() != 0 {
		t.Errorf("%d samples wait", p.waiting())
	}
}

func TestNarrowFramesAreHeardToo(t *testing.T) {
	p := newPlayout()
	p.write(tone(4))
	f := make([]int16, 160)
	peak := 0
	for range 4 {
		if !p.ReadFrame(f) {
			t.Fatal("silence")
		}
		for _, s := range f {
			peak = max(peak, int(s))
		}
	}
	if peak < 9500 || peak > 10000 {
		t.Errorf("the peak is %d", peak)
	}
}

func TestPlayoutDoesNotAllocate(t *testing.T) {
	p, one, f := newPlayout(), tone(1), make([]int16, 320)
	for range 20 {
		p.write(one)
		p.ReadFrame(f)
	}
	if n := testing.AllocsPerRun(200, func() { p.write(one); p.ReadFrame(f) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

// TestPlayoutIsSafeBetweenTwo runs writer and reader beside each other, for the
// race detector.
func TestPlayoutIsSafeBetweenTwo(t *testing.T) {
	p, done := newPlayout(), make(chan struct{})
	go func() {
		defer close(done)
		one := tone(3)
		for i := range 3000 {
			p.write(one)
			if i%50 == 49 {
				p.clear()
			}
		}
	}()
	f := make([]int16, 320)
	for {
		p.ReadFrame(f)
		select {
		case <-done:
			for p.waiting() > 0 {
				p.ReadFrame(f)
			}
			return
		default:
		}
	}
}
