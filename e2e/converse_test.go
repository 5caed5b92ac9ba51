package e2e

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// TestPythonApplicationsConverse: both ends of a call are applications in Python, without
// a phone. What one plays is in the other's stream, and the keys that one sends are told
// to the other; sources that cannot be played fail; events go where an operation asks.
func TestPythonApplicationsConverse(t *testing.T) {
	needsEspeak(t)
	t.Parallel()
	for _, name := range []string{"Python", "Python with async"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sdks[name]
			s.installed(t)
			p := start(t, setup{})
			a := startAgent(p, application{sdk: s})
			p.subscribe("incoming", a.url+"/events")
			user := a.user()
			caller := a.create(values{"target": user, "streaming": a.streamingOptions("/audio", "mixed", "Pcm16KMono", false)})
			incoming := a.rings(user)
			callee := a.answer(incoming)
			caller.got("CallConnected")
			callee.got("CallConnected")

			callee.playsOrFails()
			caller.do("startStreaming", values{"operationContext": "stream"}, nil)
			caller.gotFor("stream", "MediaStreamingStarted")
			callee.do("playSources", values{"sources": []values{{"url": callee.saveTone("tone.wav", promptLength)}}, "operationContext": "tone"}, nil)
			callee.gotFor("tone", "PlayCompleted")
			eventually(t, 10*time.Second, "the stream hears the other application", func() bool {
				return audiotest.ContainsTone(a.streamed("/audio").heard(""), 16000, promptPitch, promptLength*8/10)
			})
			caller.do("stopStreaming", values{"operationContext": "enough"}, nil)
			caller.gotFor("enough", "MediaStreamingStopped")

			callee.do("startTones", values{"target": incoming.Data.From.RawID, "operationContext": "keys"}, nil)
			caller.do("sendDtmf", values{"target": user, "tones": []string{"pound"}, "operationContext": "send"}, nil)
			caller.gotFor("send", "SendDtmfTonesCompleted")
			if key := callee.got("ContinuousDtmfRecognitionToneReceived"); key.Tone != "pound" {
				t.Errorf("the key is %q", key.Tone)
			}
			callee.do("stopTones", values{"target": incoming.Data.From.RawID, "operationContext": "no keys"}, nil)
			callee.gotFor("no keys", "ContinuousDtmfRecognitionStopped")

			caller.do("hold", values{"target": user}, nil)
			var held struct{ IsOnHold bool }
			caller.do("getParticipant", values{"participant": user}, &held)
			if !held.IsOnHold {
				t.Error("the other application is not on hold")
			}
			caller.do("unhold", values{"target": user}, nil)
			caller.do("hangUp", values{"forEveryone": true}, nil)
			caller.ended()
			callee.ended()
		})
	}
}

// playsOrFails plays texts and files, to all and to one, with events of their own place,
// and what cannot be played.
func (c connection) playsOrFails() {
	c.t.Helper()
	file := values{"url": c.saveTone("short.wav", 300*time.Millisecond)}
	missing := values{"url": c.url + "/wav/missing.wav"}
	elsewhere := c.url + "/other"
	c.do("playSources", values{"sources": []values{{"text": "Hello."}, file, {"text": "Goodbye."}}, "operationContext": "texts", "operationCallback": elsewhere}, nil)
	done := c.wait("PlayCompleted", func(e event) bool { return c.own(e) && e.kind() == "PlayCompleted" })
	if done.Path != "/other" || done.data().OperationContext != "texts" {
		c.t.Errorf("PlayCompleted goes to %s with %q", done.Path, done.data().OperationContext)
	}
	for name, sources := range map[string][]values{"missing": {missing}, "missing and found": {missing, file}} {
		c.do("playSources", values{"sources": sources, "operationContext": name}, nil)
		if failed := c.gotFor(name, "PlayFailed"); failed.ResultInformation.Code != 400 || failed.FailedPlaySourceIndex == nil || *failed.FailedPlaySourceIndex != 0 {
			c.t.Errorf("%s: PlayFailed says %v", name, failed.ResultInformation)
		}
	}
}
