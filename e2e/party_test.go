package e2e

import (
	"encoding/base64"
	bytesof "encoding/binary"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// party is somebody whom an application has a call with: a phone, or another
// application. Sound is at the rate of phones.
type party interface {
	who() string // raw id
	heard() []int16
	say([]int16)
	press(keys string)
	transcribed() bool // what it says becomes text
}

// atPhone is a party with a telephone.
type atPhone struct {
	t    testing.TB
	call *siptest.Call
}

func (p atPhone) who() string       { return caller }
func (p atPhone) heard() []int16    { return p.call.Heard() }
func (p atPhone) say(sound []int16) { p.call.SendSound(sound) }
func (p atPhone) transcribed() bool { return true }

func (p atPhone) press(keys string) {
	p.t.Helper()
	must(p.t, p.call.SendTones(within(p.t, 10*time.Second), keys))
}

// atApplication is an application that has been called, and hears and speaks by its
// media stream.
type atApplication struct {
	connection
	id, path string
	caller   string // raw id of the application that has called it
}

func (p atApplication) who() string       { return p.id }
func (p atApplication) transcribed() bool { return false }

func (p atApplication) heard() []int16 {
	p.t.Helper()
	time.Sleep(100 * time.Millisecond) // all of it comes each time, so not too often
	sound, err := audio.Resample(p.streamed(p.path).heard(""), 16000, phoneRate)
	must(p.t, err)
	return sound
}

func (p atApplication) say(sound []int16) {
	p.t.Helper()
	wide, err := audio.Resample(sound, phoneRate, 16000)
	must(p.t, err)
	pcm, err := bytesof.Append(nil, bytesof.LittleEndian, wide)
	must(p.t, err)
	p.do("streamSay", values{"path": p.path, "sound": base64.StdEncoding.EncodeToString(pcm)}, nil)
}

func (p atApplication) press(keys string) {
	p.t.Helper()
	names := map[rune]string{'2': "two", '4': "four", '5': "five", '#': "pound"}
	var tones []string
	for _, key := range keys {
		tones = append(tones, names[key])
	}
	p.do("sendDtmf", values{"target": p.caller, "tones": tones, "operationContext": "pressed " + keys}, nil)
	p.gotFor("pressed "+keys, "SendDtmfTonesCompleted")
}

// hearsTone waits until somebody has heard so much of a tone, after what they had heard
// before. A busy machine may leave gaps in it.
func hearsTone(t testing.TB, p party, after int, pitch float64, atLeast time.Duration) {
	t.Helper()
	for until := time.Now().Add(atLeast + patience); ; time.Sleep(50 * time.Millisecond) {
		heard := p.heard()[after:]
		if siptest.Seconds(heard, pitch) >= atLeast.Seconds() {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("%s has not heard %v of %v Hz, but %s", p.who(), atLeast, pitch, audiotest.Describe(heard, phoneRate))
		}
	}
}

// answersByStream takes a call for an identity, with a media stream that starts at once.
func (a *agent) answersByStream(user, path string) atApplication {
	a.t.Helper()
	in := a.rings(user)
	var got connected
	a.do("answer", values{
		"context": in.Data.IncomingCallContext, "callback": a.url + "/callbacks", "streaming": a.streamingOptions(path, "mixed", "Pcm16KMono", true),
	}, &got)
	c := a.connection(got.CallConnectionID)
	c.got("MediaStreamingStarted")
	return atApplication{c, user, path, in.Data.From.RawID}
}
