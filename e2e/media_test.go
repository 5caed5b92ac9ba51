package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// soundfiles are a second of 440 Hz each, as lame and opusenc wrote them.
var soundfiles = []string{"stereo-44k-vbr.mp3", "mono-16k-no-tag.mp3", "mono.opus"}

// serveFile lets the application's web server have a file of package soundfile.
func (a *agent) serveFile(name string) string {
	a.t.Helper()
	content, err := os.ReadFile(filepath.Join("../internal/soundfile/testdata", name))
	must(a.t, err)
	must(a.t, os.WriteFile(filepath.Join(a.sounds, name), content, 0o600))
	return a.url + "/wav/" + name
}

// TestCompressedPromptsAreHeard: MP3 and Opus files, alone and after each other, with a
// cache id and without.
func TestCompressedPromptsAreHeard(t *testing.T) {
	a, c, near, _ := controlStage(t)
	var urls []string
	for _, name := range soundfiles {
		if strings.HasSuffix(name, ".opus") && codec.OpusMissing() != nil {
			continue
		}
		urls = append(urls, a.serveFile(name))
	}
	for _, cacheID := range []string{"", "prompts"} {
		before := len(near.Heard())
		c.do("playToAll", values{"urls": urls[:1], "cacheId": cacheID, "operationContext": "one" + cacheID}, nil)
		c.gotFor("one"+cacheID, "PlayCompleted")
		eventually(t, 5*time.Second, "a second of MP3", func() bool {
			return siptest.Seconds(near.Heard()[before:], 440) > 0.8
		})
	}
	before := len(near.Heard())
	c.do("playToAll", values{"urls": urls, "operationContext": "all"}, nil)
	c.gotFor("all", "PlayCompleted")
	eventually(t, 5*time.Second, "every file", func() bool {
		return siptest.Seconds(near.Heard()[before:], 440) > 0.8*float64(len(urls))
	})

	bad := filepath.Join(a.sounds, "bad.mp3")
	must(t, os.WriteFile(bad, []byte("ID3\x04\x00\x00\x00\x00\x00\x00 no sound"), 0o600))
	c.do("playToAll", values{"urls": []string{urls[0], a.url + "/wav/bad.mp3"}, "operationContext": "bad"}, nil)
	failed := c.gotFor("bad", "PlayFailed")
	if failed.ResultInformation.Code != 400 || failed.ResultInformation.SubCode != 8535 || failed.FailedPlaySourceIndex == nil || *failed.FailedPlaySourceIndex != 1 {
		t.Errorf("%+v", failed)
	}
	must(t, near.Hangup(within(t, 5*time.Second)))
	c.ended()
}

// TestPromptIntoAHeldCallFails: the phone has put the call on hold, and takes no packet.
func TestPromptIntoAHeldCallFails(t *testing.T) {
	t.Parallel()
	a, c, near, _ := controlStage(t)
	prompt := []string{a.saveTone("prompt.wav", promptLength)}
	must(t, near.Hold(within(t, 5*time.Second)))
	c.do("playToAll", values{"urls": prompt, "operationContext": "held"}, nil)
	failed := c.gotFor("held", "PlayFailed")
	if r := failed.ResultInformation; r.Code != 500 || r.SubCode != 9999 || !strings.Contains(r.Message, "No packet of the prompt could be sent") {
		t.Errorf("on hold: %+v", failed.ResultInformation)
	}
	must(t, near.Unhold(within(t, 5*time.Second)))
	c.do("playToAll", values{"urls": prompt, "operationContext": "back"}, nil)
	c.gotFor("back", "PlayCompleted")
	must(t, near.Hangup(within(t, 5*time.Second)))
	c.ended()
}

// TestHoldHasMusicOfItsOwn: a participant on hold hears the server's music where the
// application names none, an announcement over it, and the music again; after the hold
// it hears nothing.
func TestHoldHasMusicOfItsOwn(t *testing.T) {
	a, c, near, farPhone := controlStage(t)
	distant := c.add(farPhone)
	c.do("hold", values{"target": caller}, nil)
	music := func(since int) bool {
		heard := near.Heard()[since:]
		return len(heard) > 2*phoneRate && audiotest.Level(heard[len(heard)-phoneRate:]) > -40
	}
	eventually(t, 10*time.Second, "music", func() bool { return music(0) })
	if heard := siptest.Seconds(near.Heard(), promptPitch); heard > 0.3 {
		t.Errorf("%.1f s of %v Hz are in the music", heard, promptPitch)
	}

	c.do("play", values{"urls": []string{a.saveTone("news.wav", time.Second)}, "targets": []string{caller}, "operationContext": "news"}, nil)
	c.gotFor("news", "PlayCompleted")
	eventually(t, 5*time.Second, "the announcement", func() bool { return siptest.Seconds(near.Heard(), promptPitch) > 0.8 })
	after := len(near.Heard())
	eventually(t, 10*time.Second, "the music again", func() bool { return music(after) })

	c.do("unhold", values{"target": caller}, nil)
	c.wait("nobody held", func(e event) bool {
		return c.own(e) && e.kind() == "ParticipantsUpdated" && len(e.data().Participants) == 3 && !someHeld(e.data())
	})
	eventually(t, 5*time.Second, "silence", func() bool {
		heard := near.Heard()
		return audiotest.Level(heard[len(heard)-phoneRate/4:]) < -60
	})
	if level := audiotest.Level(distant.Heard()); level > -60 {
		t.Errorf("the other phone heard something: %.0f dB", level)
	}
	must(t, near.Hangup(within(t, 5*time.Second)))
	must(t, distant.Hangup(within(t, 5*time.Second)))
	c.ended()
}

// TestMediaOfOneParticipantInAGroup: what is for one is heard by that one alone; the
// second such operation is refused while the first goes on.
func TestMediaOfOneParticipantInAGroup(t *testing.T) {
	a, c, near, farPhone := controlStage(t)
	distant := c.add(farPhone)
	prompt := a.saveTone("prompt.wav", time.Second)
	c.do("recognizeDtmf", values{"target": caller, "prompt": prompt, "maxTones": 2, "interTone": 5, "initialSilence": 20, "interruptPrompt": false, "operationContext": "pin"}, nil)
	hears(t, near, promptPitch, 900*time.Millisecond)
	if err := c.try("play", values{"urls": []string{prompt}, "targets": []string{caller}}, nil); err == nil || !strings.Contains(err.Error(), "8583") {
		t.Errorf("a play beside the recognition: %v", err)
	}
	eventually(t, patience, "the end of the prompt: keys before that are not taken", func() bool { return quiet(near) })
	must(t, near.SendTones(within(t, 10*time.Second), "42"))
	if got := c.gotFor("pin", "RecognizeCompleted"); strings.Join(got.DtmfResult.Tones, " ") != "four two" {
		t.Errorf("%+v", got)
	}
	c.do("sendDtmf", values{"target": "4:" + farNumber, "tones": []string{"one", "pound"}, "operationContext": "keys"}, nil)
	c.gotFor("keys", "SendDtmfTonesCompleted")
	eventually(t, 5*time.Second, "the keys", func() bool { return distant.HeardTones() == "1#" })
	if heard := near.HeardTones(); heard != "" {
		t.Errorf("the other phone heard the keys %q", heard)
	}
	if heard := siptest.Seconds(distant.Heard(), promptPitch); heard > 0.2 {
		t.Errorf("the other phone heard %.1f s of the prompt", heard)
	}
	must(t, near.Hangup(within(t, 5*time.Second)))
	must(t, distant.Hangup(within(t, 5*time.Second)))
	c.ended()
}
