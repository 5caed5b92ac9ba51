package player

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/loudness"
)

// loudnessOf is what is heard, in LUFS.
func loudnessOf(heard []int16, rate int) float64 {
	m := loudness.NewMeter(rate)
	m.Write(heard)
	return m.Integrated()
}

// TestEverythingIsHeardAtOneLoudness plays a quiet and a loud file, held in memory,
// decoded while they play, and of the server's own.
func TestEverythingIsHeardAtOneLoudness(t *testing.T) {
	const target = -24
	for name, level := range map[string]float64{"quiet": -36, "loud": -4} {
		samples := audiotest.Tone(16000, 15*time.Second, level, 800)
		short := samples[:16000*4]
		w := &web{files: map[string][]byte{"/short": wavFile(t, short, 16000), "/long": wavFile(t, samples, 16000)}}
		own := NewSound(func() ([]int16, int, error) { return short, 16000, nil })
		for kind, file := range map[string]File{
			"held": {URI: "http://web/short"}, "streamed": {URI: "http://web/long"}, "own": {Own: own},
		} {
			t.Run(name+" "+kind, func(t *testing.T) {
				listening(t, Config{Loudness: target}, w, func(t *testing.T, l *Library) {
					for _, rate := range []int{8000, 16000} {
						heard := hear(l.Open(t.Context(), []File{file}, false), rate, forever)
						if got := loudnessOf(heard, rate); math.Abs(got-target) > 0.3 {
							t.Errorf("at %d Hz: %.2f LUFS", rate, got)
						}
					}
				})
			})
		}
	}
}

func TestOwnSoundIsMadeOnceAndShared(t *testing.T) {
	made := 0
	own := NewSound(func() ([]int16, int, error) { made++; return audiotest.Tone(16000, time.Second, -12, 440), 16000, nil })
	listening(t, Config{}, &web{}, func(t *testing.T, l *Library) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for range 3 {
			if heard := hear(l.Open(ctx, []File{{Own: own}}, true), 8000, 100); !audiotest.ContainsTone(heard, 8000, 440, 1900*time.Millisecond) {
				t.Errorf("heard %s", audiotest.Describe(heard, 8000))
			}
		}
	})
	if made != 1 {
		t.Errorf("it was made %d times", made)
	}
}

func TestOwnSoundThatCannotBeMadeFails(t *testing.T) {
	own := NewSound(func() ([]int16, int, error) { return nil, 16000, nil })
	listening(t, Config{}, &web{}, func(t *testing.T, l *Library) {
		p := l.Open(t.Context(), []File{{Own: own}}, false)
		<-p.Done()
		if _, err := p.Err(); !errors.Is(err, ErrFormat) {
			t.Error(err)
		}
	})
}

func BenchmarkReadFrameOfLevelledClip(b *testing.B) {
	l := newLibrary(b, Config{Loudness: -24})
	p := l.Open(b.Context(), []File{{Own: NewSound(func() ([]int16, int, error) { return audiotest.Tone(16000, time.Second, -12, 440), 16000, nil })}}, true)
	<-p.Started()
	f := make(audio.Frame, 320)
	b.ReportAllocs()
	for b.Loop() {
		p.ReadFrame(f)
	}
}
