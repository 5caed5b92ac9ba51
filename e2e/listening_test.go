package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestPhonesHearWhatIsPlayed compares what a phone hears with the prompt, sample by
// sample: with each codec, and while keys are pressed.
func TestPhonesHearWhatIsPlayed(t *testing.T) {
	p := start(t, setup{})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	for _, test := range []struct {
		codec string
		least float64 // dB: what the codec leaves, less some
	}{{"PCMU", 30}, {"PCMA", 30}, {"G722", 25}} {
		t.Run(test.codec, func(t *testing.T) {
			a := a.with(t)
			phone, err := siptest.New(siptest.Config{Server: p.addresses.SIP, User: phoneNumber, Codecs: []string{test.codec}})
			must(t, err)
			t.Cleanup(phone.Close)
			c, call := a.answered(phone)
			said := audiotest.Speech(call.Rate(), 3000)
			prompt := a.save(test.codec+".wav", call.Rate(), said)

			c.do("playToAll", values{"urls": []string{prompt}, "operationContext": "alone"}, nil)
			c.gotFor("alone", "PlayCompleted")
			faithful(t, "alone", call.Heard(), said, test.least)

			before := len(call.Heard())
			c.do("startTones", values{"target": caller, "operationContext": "keys"}, nil)
			c.do("playToAll", values{"urls": []string{prompt}, "operationContext": "keys meanwhile"}, nil)
			must(t, call.SendTones(within(t, 10*time.Second), "5#"))
			c.gotFor("keys meanwhile", "PlayCompleted")
			for n, key := range []string{"five", "pound"} {
				c.wait("key "+key, func(e event) bool {
					return c.own(e) && e.kind() == "ContinuousDtmfRecognitionToneReceived" && e.data().Tone == key && e.data().SequenceID == n+1
				})
			}
			faithful(t, "with keys", call.Heard()[before:], said, test.least)
			must(t, call.Hangup(within(t, 5*time.Second)))
			c.ended()
		})
	}
}

// faithful asks that something was heard as it was said. Its last moment may still
// be on its way.
func faithful(t *testing.T, what string, heard, said []int16, least float64) {
	t.Helper()
	said = said[:len(said)*19/20]
	if at, ratio := audiotest.Likeness(heard, said); ratio < least {
		t.Errorf("%s: what was heard is like the prompt by %.1f dB at sample %d, want %.0f", what, ratio, at, least)
	} else {
		t.Logf("%s: %.1f dB", what, ratio)
	}
}

// save writes a WAV file that the application serves, and returns its URL.
func (a *agent) save(name string, rate int, samples []int16) string {
	a.t.Helper()
	file, err := os.Create(filepath.Join(a.sounds, name))
	must(a.t, err)
	must(a.t, errors.Join(audio.WriteWAV(file, rate, samples), file.Close()))
	return a.url + "/wav/" + name
}

// TestNobodyHearsHimself: two phones talk at once, and each hears the other alone;
// the one on hold hears its music as it is, the other silence.
func TestNobodyHearsHimself(t *testing.T) {
	a, c, near, farPhone := controlStage(t)
	distant := c.add(farPhone)
	c.roster(3)
	near.Tone(440, 2000)
	distant.Tone(880, 2000)
	hears(t, distant, 440, time.Second)
	hears(t, near, 880, time.Second)
	for _, test := range []struct {
		call       *siptest.Call
		own, other float64
	}{{near, 440, 880}, {distant, 880, 440}} {
		heard := clearest(test.call.Heard(), test.call.Rate(), test.other)
		own := audiotest.Goertzel(heard, test.call.Rate(), test.own)
		if other := audiotest.Goertzel(heard, test.call.Rate(), test.other); other < 0.9 || own > 0.001 {
			t.Errorf("who says %.0f Hz hears %.4f of it, and %.2f of %.0f Hz", test.own, own, other, test.other)
		}
	}
	eventually(t, 5*time.Second, "both are silent", func() bool { return quiet(near) && quiet(distant) })

	said := audiotest.Speech(near.Rate(), 1500)
	c.do("hold", values{"target": caller, "music": a.save("music.wav", near.Rate(), said)}, nil)
	before := len(distant.Heard())
	eventually(t, 10*time.Second, "the music", func() bool {
		_, ratio := audiotest.Likeness(near.Heard(), said)
		return ratio > 30
	})
	for _, sample := range distant.Heard()[before:] {
		if max(sample, -sample) > 16 {
			t.Fatalf("the phone that is not on hold hears the music: %s", audiotest.Describe(distant.Heard()[before:], distant.Rate()))
		}
	}
	c.do("unhold", values{"target": caller}, nil)
	eventually(t, 5*time.Second, "the music ends", func() bool { return quiet(near) })
	must(t, near.Hangup(within(t, 5*time.Second)))
	must(t, distant.Hangup(within(t, 5*time.Second)))
	c.ended()
}

// clearest is the half second of what was heard that has most of a tone: the last one
// may reach past the tone's end, for what is said of it comes later.
func clearest(heard []int16, rate int, pitch float64) []int16 {
	var best []int16
	most := -1.0
	for at := 0; at+rate/2 <= len(heard); at += rate / 10 {
		window := heard[at : at+rate/2]
		if share := audiotest.Goertzel(window, rate, pitch); share > most && audiotest.RMS(window) > 1000 {
			best, most = window, share
		}
	}
	return best
}

// quiet reports whether a phone has heard nothing for a fifth of a second.
func quiet(call *siptest.Call) bool {
	heard := call.Heard()
	return len(heard) > call.Rate() && audiotest.RMS(heard[len(heard)-call.Rate()/5:]) < 16
}
