package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// story is one call of an application in Python whose media operations are all used.
type story struct {
	connection
	phone  *siptest.Call
	stream string // path of the media stream
	text   string // path of the transcription
}

// TestPythonUsesAllMedia drives every media operation through the official SDK of
// Python, by its synchronous and its asynchronous clients, and listens.
func TestPythonUsesAllMedia(t *testing.T) {
	needsEspeak(t)
	t.Parallel()
	for _, name := range []string{"Python", "Python with async"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sdks[name]
			s.installed(t)
			server := newUnderstander(t, "Technical support, please.", "I would like to order a pizza.", "Good morning.", "Guten Morgen.")
			p := start(t, setup{config: "speech:\n  providers:\n    - {name: local, kind: espeak-ng}\n    - {name: whisper, kind: openai, url: '" + server.URL + "/v1'}\n  text-to-speech: [local]\n"})
			a := startAgent(p, application{sdk: s})
			p.subscribe("incoming", a.url+"/events")
			c := a.answeredWithSockets(newPhone(p))
			c.plays()
			c.recognizes()
			c.holds()
			c.streams()
			c.transcribes()
			c.sendsAndHearsKeys(c.phone) // last: it mutes
			must(t, c.phone.Hangup(within(t, 5*time.Second)))
			c.ended()
			for _, e := range a.all(func(e event) bool { return e.Event == "error" }) {
				t.Errorf("the application could not read a post: %s", e.Message)
			}
		})
	}
}

// answeredWithSockets has the phone call and the application answer with a stream and
// a transcription, which do not begin yet.
func (a *agent) answeredWithSockets(phone *siptest.Phone) story {
	a.t.Helper()
	call, incoming := a.nextCall(phone)
	var got connected
	var text struct{ URL string }
	a.do("streamAddress", values{"path": "/text"}, &text)
	a.do("answer", values{
		"context": incoming.Data.IncomingCallContext, "callback": a.url + "/callbacks",
		"streaming":     a.streamingOptions("/audio", "mixed", "Pcm16KMono", false),
		"transcription": values{"transportUrl": text.URL, "locale": "en-US", "startTranscription": false},
	}, &got)
	c := a.connection(got.CallConnectionID)
	must(a.t, call.WaitAnswered(within(a.t, 10*time.Second)))
	c.got("CallConnected")
	return story{c, call, "/audio", "/text"}
}

// plays: a file to a participant, file, text and SSML to all, a loop that is canceled,
// and a prompt that interrupts.
func (s story) plays() {
	s.t.Helper()
	file := values{"url": s.saveTone("tone.wav", promptLength)}
	s.do("playSources", values{"sources": []values{file}, "targets": []string{caller}, "operationContext": "one"}, nil)
	s.gotFor("one", "PlayStarted")
	s.gotFor("one", "PlayCompleted")
	hears(s.t, s.phone, promptPitch, promptLength*8/10)

	before := len(s.phone.Heard())
	s.do("playSources", values{"operationContext": "several", "sources": []values{file, {"text": "Welcome to our company."},
		{"ssml": `<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US">Goodbye.</speak>`}}}, nil)
	s.gotFor("several", "PlayCompleted")
	hearsSpoken(s.t, s.phone, before, "Welcome to our company.")
	hearsSpoken(s.t, s.phone, before, "Goodbye.")

	before = len(s.phone.Heard())
	s.do("playSources", values{"sources": []values{file}, "loop": true, "operationContext": "loop"}, nil)
	eventually(s.t, 15*time.Second, "the second round", func() bool { return loud(s.phone.Heard()[before:]) > promptLength*3/2 })
	s.do("cancelAll", nil, nil)
	s.gotFor("loop", "PlayCanceled")
	eventually(s.t, 5*time.Second, "the loop ends", func() bool { return quiet(s.phone) })

	long := values{"url": s.saveTone("long.wav", 30*time.Second)}
	s.do("playSources", values{"sources": []values{long}, "operationContext": "long"}, nil)
	s.gotFor("long", "PlayStarted")
	s.do("playSources", values{"sources": []values{{"text": "This is urgent."}}, "interrupt": true, "operationContext": "urgent"}, nil)
	s.gotFor("long", "PlayCanceled")
	s.gotFor("urgent", "PlayCompleted")
}

// recognizes: a phrase of a choice, free speech, a key where speech is possible, and
// keys.
func (s story) recognizes() {
	s.t.Helper()
	menu := []values{{"label": "Sales", "phrases": []string{"sales"}, "tone": "one"}, {"label": "Support", "phrases": []string{"technical support"}, "tone": "two"}}
	s.do("recognize", values{"input": "choices", "target": caller, "choices": menu, "language": "en-US", "interruptPrompt": true,
		"prompt": values{"text": strings.Repeat("Please say sales, or say technical support. ", 5)}, "operationContext": "menu"}, nil)
	before := len(s.phone.Heard())
	eventually(s.t, 10*time.Second, "the prompt", func() bool { return loud(s.phone.Heard()[before:]) > time.Second })
	s.phone.SendSound(spokenBy(s.t, "technical support please"))
	if chosen := s.gotFor("menu", "RecognizeCompleted"); chosen.ChoiceResult.Label != "Support" || chosen.ResultInformation.SubCode != 8545 {
		s.t.Errorf("the choice is %+v, %v", chosen.ChoiceResult, chosen.ResultInformation)
	}

	s.do("recognize", values{"input": "speech", "target": caller, "language": "en-US", "endSilence": 1, "operationContext": "free"}, nil)
	time.Sleep(300 * time.Millisecond)
	s.phone.SendSound(spokenBy(s.t, "I would like to order a pizza"))
	if free := s.gotFor("free", "RecognizeCompleted"); free.SpeechResult.Speech != "I would like to order a pizza." {
		s.t.Errorf("the speech is %+v, %v", free.SpeechResult, free.ResultInformation)
	}

	for input, maximum := range map[string]int{"speechOrDtmf": 2, "dtmf": 2} {
		s.do("recognize", values{"input": input, "target": caller, "language": "en-US", "maxTones": maximum, "operationContext": input}, nil)
		must(s.t, s.phone.SendTones(within(s.t, 10*time.Second), "42"))
		if keys := s.gotFor(input, "RecognizeCompleted"); !slices.Equal(keys.DtmfResult.Tones, []string{"four", "two"}) {
			s.t.Errorf("%s: the keys are %v, %v", input, keys.DtmfResult, keys.ResultInformation)
		}
	}
	s.do("recognize", values{"input": "dtmf", "target": caller, "maxTones": 1, "initialSilence": 1, "operationContext": "silence"}, nil)
	if failed := s.gotFor("silence", "RecognizeFailed"); failed.ResultInformation.SubCode != 8510 {
		s.t.Errorf("silence ends with %v", failed.ResultInformation)
	}
}

// holds: with text as its music, and back.
func (s story) holds() {
	s.t.Helper()
	before := len(s.phone.Heard())
	s.do("hold", values{"target": caller, "music": values{"text": "Please hold the line."}}, nil)
	hearsSpoken(s.t, s.phone, before, "Please hold the line.")
	held := func() bool {
		var got struct{ IsOnHold bool }
		s.do("getParticipant", values{"participant": caller}, &got)
		return got.IsOnHold
	}
	if !held() {
		s.t.Error("the participant is not on hold")
	}
	s.do("unhold", values{"target": caller}, nil)
	eventually(s.t, 5*time.Second, "the hold ends", func() bool { return !held() && quiet(s.phone) })
}

// streams: sound both ways and keys, between a start and a stop.
func (s story) streams() {
	s.t.Helper()
	s.do("startStreaming", values{"operationContext": "stream"}, nil)
	s.gotFor("stream", "MediaStreamingStarted")
	before := len(s.phone.Heard())
	s.say(s.stream, 16000, 1500*time.Millisecond, promptPitch)
	eventually(s.t, 10*time.Second, "the phone hears the application", func() bool {
		return audiotest.ContainsTone(s.phone.Heard()[before:], phoneRate, promptPitch, 1300*time.Millisecond)
	})
	must(s.t, s.phone.SendTones(within(s.t, 5*time.Second), "7"))
	eventually(s.t, 5*time.Second, "the key is told", func() bool { return s.streamed(s.stream).Tones == "7" })
	got := s.streamed(s.stream)
	if got.Metadata.SampleRate != 16000 || got.Metadata.Encoding != "PCM" || got.Frames < 50 {
		s.t.Errorf("metadata %+v, %d frames", got.Metadata, got.Frames)
	}
	s.do("stopStreaming", values{"operationContext": "enough audio"}, nil)
	s.gotFor("enough audio", "MediaStreamingStopped")
}

// transcribes: a sentence in each of two languages.
func (s story) transcribes() {
	s.t.Helper()
	texts := func() (said []string) {
		var got struct {
			Texts []struct{ Text, ResultStatus, ParticipantRawID string }
		}
		s.do("streamed", values{"path": s.text}, &got)
		for _, one := range got.Texts {
			if one.ResultStatus != "Final" || one.ParticipantRawID != caller {
				s.t.Errorf("got %+v", one)
			}
			said = append(said, one.Text)
		}
		return said
	}
	s.do("startTranscription", values{"locale": "en-US", "operationContext": "text"}, nil)
	s.gotFor("text", "TranscriptionStarted")
	s.phone.SendSound(spokenBy(s.t, "good morning everybody"))
	eventually(s.t, 15*time.Second, "the first sentence", func() bool { return slices.Equal(texts(), []string{"Good morning."}) })
	s.do("updateTranscription", values{"locale": "de-DE", "operationContext": "german"}, nil)
	s.gotFor("german", "TranscriptionUpdated")
	s.phone.SendSound(spokenBy(s.t, "good morning everybody"))
	eventually(s.t, 15*time.Second, "the second sentence", func() bool { return len(texts()) == 2 && texts()[1] == "Guten Morgen." })
	s.do("stopTranscription", values{"operationContext": "enough text"}, nil)
	s.gotFor("enough text", "TranscriptionStopped")
}
