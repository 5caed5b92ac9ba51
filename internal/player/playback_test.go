package player

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// toneClip makes a clip of a sine at -12 dB.
func toneClip(t testing.TB, rate int, d time.Duration, frequency float64) *Clip {
	t.Helper()
	clip, err := newClip(audiotest.Tone(rate, d, -12, frequency), rate)
	if err != nil {
		t.Fatal(err)
	}
	return clip
}

// newClip prepares mono samples.
func newClip(samples []int16, rate int) (*Clip, error) {
	return prepare(rate, func(at int) ([]int16, error) { return audio.Resample(samples, rate, at) })
}

// play plays clips once; loop does it again and again.
func play(clips ...*Clip) *Playback { return playing(false, clips) }
func loop(clips ...*Clip) *Playback { return playing(true, clips) }

// playing is a playback whose prompts are all there.
func playing(loop bool, clips []*Clip) *Playback {
	p := newPlayback(new(atomic.Int64))
	f := &feeder{playback: p, last: p.item}
	for _, clip := range clips {
		f.put(&item{clip: clip})
	}
	end := &item{}
	if loop {
		end = p.item.next.Load()
	}
	f.last.next.Store(end)
	return p
}

// steady makes a clip of n samples of one value at 8 kHz.
func steady(n int, value int16) *Clip {
	return &Clip{narrow: slices.Repeat([]int16{value}, n), wide: slices.Repeat([]int16{value}, 2*n)}
}

func read(p *Playback, rate int) audio.Frame {
	f := slices.Repeat(audio.Frame{-7}, audio.Samples(rate)) // what must be overwritten
	if !p.ReadFrame(f) {
		return nil
	}
	return f
}

func done(p *Playback) bool {
	select {
	case <-p.Done():
		return true
	default:
		return false
	}
}

func TestPlaybackIsDoneWithItsLastSample(t *testing.T) {
	tests := []struct {
		name    string
		lengths []int // of the clips, in samples at 8 kHz
		frames  int
		last    int // samples that are heard of the last frame
	}{
		{"two whole frames", []int{320}, 2, 160},
		{"a short last frame", []int{161}, 2, 1},
		{"less than a frame", []int{5}, 1, 5},
		{"clips follow without a gap", []int{100, 100, 200}, 3, 80},
		{"many within a frame", []int{1, 2, 3}, 1, 6},
	}
	for _, rate := range []int{8000, 16000} {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				var clips []*Clip
				for _, n := range test.lengths {
					clips = append(clips, steady(n, 1000))
				}
				p := play(clips...)
				var heard []int16
				for i := range test.frames {
					if done(p) {
						t.Fatalf("done before frame %d", i)
					}
					heard = append(heard, read(p, rate)...)
				}
				if !done(p) {
					t.Error("not done after its last frame")
				}
				want := slices.Repeat([]int16{1000}, ((test.frames-1)*160+test.last)*rate/8000)
				want = append(want, make([]int16, test.frames*rate/50-len(want))...)
				if !slices.Equal(heard, want) {
					t.Errorf("heard %v", heard)
				}
				if read(p, rate) != nil {
					t.Error("says more after its end")
				}
			})
		}
	}
}

func TestPlaybackOfNothingIsDoneAtOnce(t *testing.T) {
	l := newLibrary(t, Config{})
	for _, p := range []*Playback{l.Open(t.Context(), nil, false), l.Open(t.Context(), nil, true)} {
		if !done(p) || read(p, 8000) != nil {
			t.Error("goes on")
		}
		p.Stop()
	}
}

func TestLoopGoesOnUntilStop(t *testing.T) {
	p := loop(steady(7, 100), steady(3, 200))
	var heard []int16
	for range 500 {
		heard = append(heard, read(p, 8000)...)
	}
	round := append(slices.Repeat([]int16{100}, 7), 200, 200, 200)
	if done(p) || !slices.Equal(heard, slices.Repeat(round, len(heard)/10)) {
		t.Fatal("the loop ended or has a seam")
	}
	p.Stop()
	if read(p, 8000); !done(p) || read(p, 8000) != nil {
		t.Error("goes on after Stop")
	}
}

func TestStopFadesWithinFiveMilliseconds(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		p := play(steady(8000, 10000))
		read(p, rate)
		p.Stop()
		p.Stop()
		if done(p) {
			t.Error("done before the fade was read")
		}
		f := read(p, rate)
		fade := rate / 200
		if f[0] < 9000 || f[0] > 10000 || f[fade-1] <= 0 || f[fade-1] > 10000/20 {
			t.Errorf("at %d Hz the fade goes from %d to %d", rate, f[0], f[fade-1])
		}
		if !slices.IsSortedFunc(f, func(a, b int16) int { return int(b) - int(a) }) || f[fade] != 0 || f[len(f)-1] != 0 {
			t.Errorf("at %d Hz the fade is not even: %v", rate, f)
		}
		if !done(p) || read(p, rate) != nil {
			t.Error("goes on after the fade")
		}
	}
}

func TestStopBeforeTheFirstFrameIsNotHeard(t *testing.T) {
	p := play(steady(8000, 10000))
	p.Stop()
	if read(p, 8000) != nil || !done(p) {
		t.Error("is heard")
	}
}

func TestStopInTheLastMoment(t *testing.T) {
	p := play(steady(165, 10000))
	read(p, 8000)
	p.Stop()
	if f := read(p, 8000); f[0] == 0 || f[4] == 0 || f[5] != 0 || !done(p) {
		t.Errorf("got %v", f)
	}
}

func TestPlaybackFollowsTheCallsRate(t *testing.T) {
	p := play(toneClip(t, 16000, time.Second, 440))
	var narrow, wide []int16
	for range 20 {
		narrow = append(narrow, read(p, 8000)...)
	}
	for range 30 {
		if done(p) {
			t.Fatal("too short")
		}
		wide = append(wide, read(p, 16000)...)
	}
	if !done(p) {
		t.Error("too long")
	}
	back, err := audio.Resample(wide, 16000, 8000)
	if err != nil {
		t.Fatal(err)
	}
	if all := append(narrow, back...); !audiotest.ContainsTone(all, 8000, 440, 960*time.Millisecond) {
		t.Errorf("heard %s", audiotest.Describe(all, 8000))
	}
}

func TestUnknownRateEndsThePlayback(t *testing.T) {
	p := play(steady(8000, 1000))
	if read(p, 48000) != nil || !done(p) {
		t.Error("is heard at 48 kHz")
	}
}

func TestPlaybacksShareAClip(t *testing.T) {
	clip := steady(320, 1000)
	first, second := play(clip), play(clip)
	read(first, 8000)[0] = 5
	first.Stop()
	read(first, 8000)
	if f := read(second, 8000); f[0] != 1000 || read(second, 8000)[159] != 1000 {
		t.Error("one prompt changed what the other says")
	}
}

func TestClipKeepsItsLevel(t *testing.T) {
	for _, rate := range []int{8000, 11025, 16000, 44100, 48000} {
		p := play(toneClip(t, rate, time.Second, 440))
		var heard []int16
		for !done(p) {
			heard = append(heard, read(p, 8000)...)
		}
		if level := audiotest.Level(heard[800:7200]); level < -15.1 || level > -14.9 {
			t.Errorf("a sine of -12 dB at %d Hz has %.2f dB, want -15.01", rate, level)
		}
	}
}

func TestClipOfNothingIsRefused(t *testing.T) {
	if _, err := newClip(nil, 8000); err == nil {
		t.Error("no samples are a clip")
	}
	if _, err := newClip([]int16{1}, 3000); err == nil {
		t.Error("3 kHz are a clip")
	}
}

// TestStopFromElsewhere is for the race detector.
func TestStopFromElsewhere(t *testing.T) {
	p := loop(steady(100, 1000))
	go p.Stop()
	for !done(p) {
		p.ReadFrame(make(audio.Frame, 160))
	}
}

func TestReadFrameDoesNotAllocate(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		p, f := loop(steady(777, 1000)), make(audio.Frame, audio.Samples(rate))
		if n := testing.AllocsPerRun(1000, func() { p.ReadFrame(f) }); n != 0 {
			t.Errorf("%v allocations a frame", n)
		}
		p.Stop()
		if n := testing.AllocsPerRun(1, func() { p.ReadFrame(f) }); n != 0 {
			t.Errorf("%v allocations for the fade", n)
		}
	}
}

func BenchmarkReadFrame(b *testing.B) {
	p, f := loop(steady(8000, 1000)), make(audio.Frame, 160)
	b.ReportAllocs()
	for b.Loop() {
		p.ReadFrame(f)
	}
}
