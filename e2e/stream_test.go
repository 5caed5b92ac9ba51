package e2e

import (
	"encoding/base64"
	bytesof "encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// streamed is what an application's end of a media stream has received.
type streamed struct {
	Headers    map[string]string
	Signed     claims
	Kinds      []string // of the first ten messages
	Frames     int
	Silent     int
	Tones      string
	Extensions string
	Metadata   struct {
		SubscriptionID, Encoding string
		SampleRate, Channels     int
	}
	Marks []struct{ ID, Status string }
	Sound map[string][]byte // PCM by participant, "" for all together
}

// heard is the sound of a participant.
func (s streamed) heard(who string) []int16 {
	pcm := s.Sound[who]
	samples := make([]int16, len(pcm)/2)
	for i := range samples {
		samples[i] = int16(bytesof.LittleEndian.Uint16(pcm[2*i:]))
	}
	return samples
}

func (a *agent) streamed(path string) (got streamed) {
	a.t.Helper()
	a.do("streamed", values{"path": path}, &got)
	return got
}

// streamingOptions are an application's mediaStreamingOptions.
func (a *agent) streamingOptions(path, channel, format string, start bool) values {
	a.t.Helper()
	var address struct{ URL string }
	a.do("streamAddress", values{"path": path}, &address)
	return values{
		"transportUrl": address.URL, "transportType": "websocket", "contentType": "audio", "audioChannelType": channel,
		"startMediaStreaming": start, "enableBidirectional": true, "enableDtmfTones": true, "audioFormat": format,
	}
}

// answeredStreaming has the phone call and the application answer with a stream.
func (a *agent) answeredStreaming(phone *siptest.Phone, options values) (connection, *siptest.Call) {
	a.t.Helper()
	call, incoming := a.nextCall(phone)
	var got connected
	a.do("answer", values{"context": incoming.Data.IncomingCallContext, "callback": a.url + "/callbacks", "streaming": options}, &got)
	c := a.connection(got.CallConnectionID)
	must(a.t, call.WaitAnswered(within(a.t, 10*time.Second)))
	c.got("CallConnected")
	return c, call
}

// say has the application say a tone into its stream, as one message.
func (a *agent) say(path string, rate int, length time.Duration, pitch float64) {
	a.t.Helper()
	var pcm []byte
	for _, s := range audiotest.Tone(rate, length, -9, pitch) {
		pcm = bytesof.LittleEndian.AppendUint16(pcm, uint16(s))
	}
	a.do("streamSay", values{"path": path, "sound": base64.StdEncoding.EncodeToString(pcm)}, nil)
}

// TestApplicationHearsAndSpeaksByStream: the SDK's own parser and writer, mixed at
// 16 and unmixed at 24 kHz.
func TestApplicationHearsAndSpeaksByStream(t *testing.T) {
	a, phone := stage(t)
	for _, test := range []struct {
		channel, format, path, who string
		rate                       int
	}{
		{"mixed", "Pcm16KMono", "/mixed", "", 16000},
		{"unmixed", "Pcm24KMono", "/unmixed", caller, 24000},
	} {
		t.Run(test.channel, func(t *testing.T) {
			a := a.with(t)
			c, call := a.answeredStreaming(phone, a.streamingOptions(test.path, test.channel, test.format, false))
			c.do("startStreaming", values{"operationContext": "stream"}, nil)
			c.gotFor("stream", "MediaStreamingStarted")

			a.say(test.path, test.rate, 1500*time.Millisecond, promptPitch)
			hears(t, call, promptPitch, 1300*time.Millisecond)
			untilHeard(t, "the stream hears the phone", func() { call.Tone(440, 1500) }, func() bool {
				return audiotest.ContainsTone(a.streamed(test.path).heard(test.who), test.rate, 440, time.Second)
			})
			must(t, call.SendTones(within(t, 5*time.Second), "1#"))
			eventually(t, 5*time.Second, "the keys are told", func() bool { return a.streamed(test.path).Tones == "1#" })

			got := a.streamed(test.path)
			if got.Metadata.SampleRate != test.rate || got.Metadata.Channels != 1 || got.Kinds[0] != "AudioMetadata" || got.Extensions != "" {
				t.Errorf("metadata %+v, kinds %v, extensions %q", got.Metadata, got.Kinds, got.Extensions)
			}
			if got.Headers["x-ms-call-connection-id"] != c.id || got.Headers["x-ms-call-correlation-id"] == "" || got.Signed.Audience != a.resource() {
				t.Errorf("headers %v, signed for %v", got.Headers, got.Signed)
			}
			if len(got.Sound) != 1 {
				t.Errorf("sound of %d participants", len(got.Sound))
			}
			if audiotest.ContainsTone(got.heard(test.who), test.rate, promptPitch, 100*time.Millisecond) {
				t.Error("the application hears itself")
			}

			c.do("stopStreaming", values{"operationContext": "enough"}, nil)
			c.gotFor("enough", "MediaStreamingStopped")
			a.wait("the socket is closed", func(e event) bool { return e.Event == "streamClosed" && e.Path == test.path })
			must(t, call.Hangup(within(t, 5*time.Second)))
			c.ended()
		})
	}
}

// TestStopAudioSilencesTheApplication: of half a minute that waits nothing is heard
// after StopAudio, and marks come back with what happened to their sound.
func TestStopAudioSilencesTheApplication(t *testing.T) {
	a, phone := stage(t)
	c, call := a.answeredStreaming(phone, a.streamingOptions("/bot", "mixed", "Pcm24KMono", true))
	c.got("MediaStreamingStarted")
	a.say("/bot", 24000, 500*time.Millisecond, 700)
	a.do("streamSend", values{"path": "/bot", "text": `{"Kind":"MarkData","MarkData":{"Id":"first"}}`}, nil)
	a.say("/bot", 24000, 30*time.Second, promptPitch)
	a.do("streamSend", values{"path": "/bot", "text": `{"Kind":"MarkData","MarkData":{"Id":"second"}}`}, nil)
	hears(t, call, 700, 300*time.Millisecond)
	hears(t, call, promptPitch, 500*time.Millisecond)
	a.do("streamStop", values{"path": "/bot"}, nil)
	eventually(t, 5*time.Second, "both marks come back", func() bool { return len(a.streamed("/bot").Marks) == 2 })
	eventually(t, patience, "what was on its way is over", func() bool { return quiet(call) })
	before := len(call.Heard())
	eventually(t, patience, "half a second more", func() bool { return len(call.Heard()) > before+phoneRate/2 })
	if after := call.Heard()[before:]; audiotest.RMS(after) > 100 {
		t.Errorf("after StopAudio the phone hears %s", audiotest.Describe(after, phoneRate))
	}
	marks := a.streamed("/bot").Marks
	if marks[0].ID != "first" || marks[0].Status != "Completed" || marks[1].ID != "second" || marks[1].Status != "Cancelled" {
		t.Errorf("marks: %+v", marks)
	}
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.got("MediaStreamingStopped")
	c.ended()
}

// TestStreamThatIsRefusedIsTold: with the application's own status.
func TestStreamThatIsRefusedIsTold(t *testing.T) {
	t.Parallel()
	a, phone := stage(t)
	a.do("refuseStreams", values{"status": 403}, nil)
	c, call := a.answeredStreaming(phone, a.streamingOptions("/no", "mixed", "Pcm16KMono", true))
	failed := c.got("MediaStreamingFailed")
	if r := failed.ResultInformation; r.SubCode != 8581 || !strings.Contains(r.Message, "answered 403 Forbidden") {
		t.Errorf("MediaStreamingFailed says %v", r)
	}
	a.do("refuseStreams", values{"status": 0}, nil)
	c.do("startStreaming", nil, nil)
	c.got("MediaStreamingStarted")
	a.do("streamCut", values{"path": "/no"}, nil)
	eventually(t, 10*time.Second, "the stream comes back", func() bool {
		return len(a.all(func(e event) bool { return e.Event == "streamOpened" })) == 2
	})
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
	if slices.Contains(c.kinds(), "MediaStreamingStopped") == false {
		t.Errorf("events: %v", c.kinds())
	}
}
