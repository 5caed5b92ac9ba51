package call_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
)

// utterance is a text in a voice, at 8 kHz, and when it is loud.
type utterance struct {
	name        string
	samples     []int16
	first, last time.Duration
}

// utterances are spoken by the engines that are installed: men and women, short and
// long, with pauses between sentences that are none between turns.
func utterances(t *testing.T) (list []utterance) {
	for _, voice := range []string{"en-us", "en-us+f3", "en-gb", "de", "fr"} {
		for _, text := range []string{"Yes.", "Technical support, please.", "My number is five, five, five, one, two, three, four."} {
			program := exec.Command("espeak-ng", "--stdin", "--stdout", "-b", "1", "-v", voice)
			program.Stdin = strings.NewReader(text)
			wav, err := program.Output()
			if err != nil {
				t.Skip("espeak-ng is not installed")
			}
			samples, rate, err := audio.ReadWAV(bytes.NewReader(wav), time.Minute)
			if err == nil {
				samples, err = audio.Resample(samples, rate, 8000)
			}
			if err != nil {
				t.Fatal(err)
			}
			u := utterance{name: voice + ", " + text, samples: samples, first: -1}
			for i := 0; i+160 <= len(samples); i += 160 {
				if at := time.Duration(i) * time.Second / 8000; audiotest.RMS(samples[i:i+160]) > 500 {
					if u.first < 0 {
						u.first = at
					}
					u.last = at + 20*ms
				}
			}
			list = append(list, u)
		}
	}
	return list
}

// TestTimesOfRealSpeech: the end silence is what was asked for within 250 ms of the last
// sound, and speech interrupts a prompt within 250 ms of its first one.
func TestTimesOfRealSpeech(t *testing.T) {
	for _, u := range utterances(t) {
		t.Run(u.name, func(t *testing.T) {
			run(t, func(w *world) {
				w.recognizer = &calltest.Recognizer{Understood: final("yes")}
				w.Registry = w.remake(false)
				const asked = 900 * ms
				var long []call.Prompt
				for range 12 {
					long = append(long, hello[0])
				}
				leg, end := w.hearing(call.Recognize{Input: call.SpeechInput, EndSilence: asked, Prompts: long, InterruptPrompt: true})
				time.Sleep(500 * ms)
				began := time.Now()
				leg.Say(u.samples)
				var interrupted time.Duration
				for before := leg.Heard(); time.Since(began) < 3*time.Second; before = leg.Heard() {
					time.Sleep(60 * ms)
					synctest.Wait()
					if leg.Heard() == before {
						interrupted = time.Since(began) - 60*ms
						break
					}
				}
				e, _ := end()
				ended := time.Since(began)
				if _, ok := e.(call.RecognizeCompleted); !ok {
					t.Fatalf("ended with %+v", e)
				}
				if late := interrupted - u.first; late < 0 || late > 250*ms {
					t.Errorf("the prompt was interrupted %v after the first sound", late)
				}
				if off := ended - u.last - asked; off.Abs() > 250*ms {
					t.Errorf("the end silence was %v too long", off)
				}
				t.Logf("interrupted after %v, end silence off by %v", interrupted-u.first, ended-u.last-asked)
				leg.HangUp()
			})
		})
	}
}
