package recording

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// pressed is a second of speech-like sound with a key of 60 ms in its middle, which
// begins anywhere within a frame.
func pressed(low, high float64, offset int) (sound []int16, from, to int) {
	sound = audiotest.Tone(SampleRate, time.Second, -20, 210, 430, 1130)
	from, to = 8000+offset, 8000+offset+SampleRate*60/1000
	copy(sound[from:to], audiotest.Tone(SampleRate, 60*time.Millisecond, -12, low, high))
	return sound, from, to
}

func TestKeysAreSilentInRecordings(t *testing.T) {
	for _, low := range keyTones[:4] {
		for _, high := range keyTones[4:] {
			for _, off := range []float64{0.985, 1, 1.015} { // the tolerance of Q.23
				if testing.Short() && off > 1 {
					continue
				}
				for offset := 0; offset < frameSamples; offset += 80 {
					sound, from, to := pressed(low*off, high*off, offset)
					var mask keyMask
					var masked []int16
					for at := 0; at < len(sound); at += frameSamples {
						f := mask.pass(audio.Frame(sound[at : at+frameSamples]))
						if f == nil {
							f = make(audio.Frame, frameSamples)
						}
						masked = append(masked, f...)
					}
					masked = masked[frameSamples:] // its delay
					if level := audiotest.RMS(masked[from:to]); level > 0 {
						t.Errorf("%v and %v Hz at %d are heard: %v", low*off, high*off, offset, level)
					}
					if before := audiotest.RMS(masked[:from-2*frameSamples]); before == 0 {
						t.Errorf("what was said before %v and %v Hz is gone", low, high)
					}
					if after := audiotest.RMS(masked[to+2*frameSamples:]); after == 0 {
						t.Errorf("what was said after %v and %v Hz is gone", low, high)
					}
				}
			}
		}
	}
}

func TestWhatIsNoKeyIsRecorded(t *testing.T) {
	for name, sound := range map[string][]int16{
		"one tone":      audiotest.Tone(SampleRate, time.Second, -12, 770),
		"dial tone":     audiotest.Tone(SampleRate, time.Second, -12, 350, 440),
		"a vowel":       audiotest.Tone(SampleRate, time.Second, -12, 120, 240, 360, 700, 1200),
		"two low tones": audiotest.Tone(SampleRate, time.Second, -12, 697, 941),
		"a faint key":   audiotest.Tone(SampleRate, time.Second, -60, 697, 1209),
	} {
		for at := 0; at < len(sound); at += frameSamples {
			if isKey(sound[at : at+frameSamples]) {
				t.Errorf("%s is taken for a key", name)
				break
			}
		}
	}
}

// TestKeysAreMaskedInEveryRecording, while somebody else speaks as well.
func TestKeysAreMaskedInEveryRecording(t *testing.T) {
	for _, channels := range []Channels{Mixed, Unmixed} {
		t.Run(string(channels), func(t *testing.T) {
			record(t, func(s *studio) {
				s.cfg.MaskTones = true
				r := s.start(Options{Channels: channels})
				if r.Mixed() {
					t.Error("the whole mix is heard, in which a key can hide behind a voice")
				}
				s.join(r, "4:a", false)
				s.join(r, "4:b", false)
				key := audiotest.Tone(8000, time.Second, -12, 770, 1336)
				voice := audiotest.Tone(8000, time.Second, -12, 300)
				for at := 0; at < len(key); at += 160 {
					s.at++
					s.ears[0].HearFrame(s.at, nil)
					s.ears[1].HearFrame(s.at, key[at:at+160])
					s.ears[2].HearFrame(s.at, voice[at:at+160])
					time.Sleep(audio.FrameDuration)
				}
				for c, samples := range s.sound(s.stop(r, CallEnded), 0) {
					for _, tone := range []float64{770, 1336} {
						if share := audiotest.Goertzel(samples, SampleRate, tone); share > 0.01 {
							t.Errorf("channel %d has %v Hz, %.3f of it", c, tone, share)
						}
					}
				}
				d, err := s.Document(t.Context(), s.announced[0].Document(0))
				if err != nil || d.Record.Duration() != time.Second {
					t.Errorf("%v, %v", d.Record.Duration(), err)
				}
				if channels == Mixed && audiotest.Goertzel(s.sound(d.Record, 0)[0], SampleRate, 300) < 0.9 {
					t.Error("the voice is not heard")
				}
			})
		})
	}
}
