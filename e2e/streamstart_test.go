package e2e

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// TestStreamsStartWithCreateAndConnect: two applications control one call, and each has
// a stream that starts with its connection. Both hear the phone, and each other, but not
// themselves; the phone hears both.
func TestStreamsStartWithCreateAndConnect(t *testing.T) {
	t.Parallel()
	phone, port := newFarPhone(t)
	a := startAgent(start(t, setup{trunk: port}), application{})
	asked := toFar("create")
	asked["streaming"] = a.streamingOptions("/first", "mixed", "Pcm16KMono", true)
	first := a.create(asked)
	call, err := phone.Next(within(t, 10*time.Second))
	must(t, err)
	must(t, call.Answer())
	up := first.got("CallConnected")
	first.got("MediaStreamingStarted")

	var got connected
	a.do("connect", values{"serverCallId": up.ServerCallID, "callback": a.url + "/callbacks", "streaming": a.streamingOptions("/second", "mixed", "Pcm16KMono", true)}, &got)
	second := a.connection(got.CallConnectionID)
	second.got("MediaStreamingStarted")

	const own, other = 700.0, 1700.0
	hasHeard := func(path string, pitch float64) func() bool {
		return func() bool {
			return audiotest.ContainsTone(a.streamed(path).heard(""), 16000, pitch, 800*time.Millisecond)
		}
	}
	speak := func() { call.Tone(440, 1500) }
	untilHeard(t, "the first stream hears the phone", speak, hasHeard("/first", 440))
	untilHeard(t, "the second stream hears the phone", speak, hasHeard("/second", 440))
	for _, speaks := range []struct {
		path, far string
		pitch     float64
	}{{"/first", "/second", own}, {"/second", "/first", other}} {
		say := func() { a.say(speaks.path, 16000, 1500*time.Millisecond, speaks.pitch) }
		untilHeard(t, "the phone hears "+speaks.path, say, func() bool {
			return audiotest.ContainsTone(call.Heard(), phoneRate, speaks.pitch, 800*time.Millisecond)
		})
		untilHeard(t, speaks.far+" hears "+speaks.path, say, hasHeard(speaks.far, speaks.pitch))
		if audiotest.ContainsTone(a.streamed(speaks.path).heard(""), 16000, speaks.pitch, 100*time.Millisecond) {
			t.Errorf("%s hears itself", speaks.path)
		}
	}
	must(t, call.Hangup(within(t, 5*time.Second)))
	for _, c := range []connection{first, second} {
		c.got("MediaStreamingStopped")
		c.ended()
	}
}
