package streaming

import (
	"encoding/base64"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// What a tone has to keep on its way: its level, and every moment of it.
const (
	toneLevel   = -12.0 // of its peaks, in dB below full scale
	levelWithin = 0.5
)

// keeps reports what has happened to a tone, without its beginning and its end.
func keeps(t *testing.T, name string, heard []int16, rate int, frequency float64) {
	t.Helper()
	if len(heard) < rate*9/5 {
		t.Errorf("%s: %d samples of two seconds arrived", name, len(heard))
		return
	}
	heard = heard[rate/10 : rate*17/10]
	if breaks := audiotest.Breaks(heard, rate, frequency); len(breaks) > 0 {
		t.Errorf("%s: the tone breaks at %v", name, breaks)
	}
	var sum float64
	for _, s := range heard {
		sum += float64(s) * float64(s)
	}
	if level := 10 * math.Log10(2*sum/float64(len(heard))/(32768.0*32768.0)); math.Abs(level-toneLevel) > levelWithin {
		t.Errorf("%s: its peaks are at %.2f dB, were at %.0f", name, level, toneLevel)
	}
}

// TestToneSurvivesAStreamBothWays: at either rate of streams and of calls, and in whatever
// pieces an application sends it.
func TestToneSurvivesAStreamBothWays(t *testing.T) {
	for _, rate := range []int{16000, 24000} {
		for _, frequency := range []float64{300, 1000, 3000} {
			for _, callRate := range []int{8000, 16000} {
				name := fmt.Sprintf("%.0f Hz from a call of %d Hz to %d Hz", frequency, callRate, rate)
				said := audiotest.Tone(callRate, 2*time.Second, toneLevel, frequency)
				stream(t, Config{Rate: rate}, nil, func(s *session) {
					n := callRate / audio.FramesPerSecond
					s.tick(100, func(i int) audio.Frame { return said[i*n : (i+1)*n] })
					keeps(t, name, s.app.sound(), rate, frequency)
				})
			}
			name := fmt.Sprintf("%.0f Hz from an application of %d Hz", frequency, rate)
			stream(t, Config{Rate: rate, Bidirectional: true}, nil, func(s *session) {
				pieces := audiotest.Tone(rate, 2*time.Second, toneLevel, frequency)
				for size := 1; len(pieces) > 0; size = size%4001 + 977 {
					n := min(size, len(pieces))
					s.app.say(says(pieces[:n], ""))
					pieces = pieces[n:]
				}
				synctest.Wait()
				var heard []int16
				for range 110 {
					f := make(audio.Frame, playoutRate/audio.FramesPerSecond)
					if s.ReadFrame(f) {
						heard = append(heard, f...)
					}
					s.tick(1, none)
				}
				keeps(t, name, heard, playoutRate, frequency)
			})
		}
	}
}

// TestCallRisesWithoutAClickInItsStream: a phone of 8 kHz goes on to be heard whole where a
// wideband participant comes, and the call and its legs go to 16 kHz.
func TestCallRisesWithoutAClickInItsStream(t *testing.T) {
	for _, rate := range []int{16000, 24000} {
		const frequency = 437 // of which no delay of a filter holds a whole number of periods
		said := audiotest.Tone(8000, 2*time.Second, toneLevel, frequency)
		stream(t, Config{Rate: rate}, nil, func(s *session) {
			var leg audio.Bridge
			s.tick(100, func(i int) audio.Frame {
				f := audio.Frame(said[i*160 : (i+1)*160])
				if i < 50 {
					return leg.Convert(make(audio.Frame, 160), f)
				}
				return leg.Convert(make(audio.Frame, 320), f)
			})
			keeps(t, fmt.Sprintf("to %d Hz, across the rise", rate), s.app.sound(), rate, frequency)
		})
	}
}

// sound is all that the application was sent.
func (a *application) sound() (samples []int16) {
	for _, m := range a.got("AudioData") {
		_, rest, _ := strings.Cut(m.text, `"data":"`)
		data, _, _ := strings.Cut(rest, `"`)
		pcm, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			a.t.Error(err)
		}
		samples = appendSamples(samples, pcm)
	}
	return samples
}
