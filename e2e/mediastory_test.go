package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// story is one call of an application whose media operations are all used.
type story struct {
	connection
	one    party   // whom the application turns to
	others []party // who else is there
	stream string  // path of the media stream
	text   string  // path of the transcription
}

// callKinds are the kinds of calls: who the application talks to.
var callKinds = map[string]func(*agent) story{
	"a phone":            (*agent).talksToAPhone,
	"an application":     (*agent).talksToAnApplication,
	"a phone and an app": (*agent).talksToBoth,
}

// TestSDKsUseAllMedia drives every media operation through the official SDKs of
// JavaScript and of Python (its synchronous and its asynchronous clients), in calls of
// every kind, and listens.
func TestSDKsUseAllMedia(t *testing.T) {
	needsEspeak(t)
	t.Parallel()
	for _, test := range []struct{ sdk, kind string }{
		{"JavaScript", "a phone"}, {"Python", "a phone"},
		{"JavaScript", "an application"}, {"Python with async", "an application"},
		{"JavaScript", "a phone and an app"}, {"Python", "a phone and an app"},
	} {
		t.Run(test.sdk+" with "+test.kind, func(t *testing.T) {
			t.Parallel()
			s := sdks[test.sdk] // JavaScript is the zero one
			s.installed(t)
			server := newUnderstander(t, "Support, please.", "I would like a pizza.", "Good morning.", "Guten Morgen.")
			p := start(t, setup{config: "speech:\n  providers:\n    - {name: local, kind: espeak-ng}\n    - {name: whisper, kind: openai, url: '" + server.URL + "/v1'}\n  text-to-speech: [local]\n"})
			a := startAgent(p, application{sdk: s})
			p.subscribe("incoming", a.url+"/events")
			c := callKinds[test.kind](a)
			c.plays()
			c.repeatsAndInterrupts()
			if test.kind == "an application" {
				c.playsOrFails()
			}
			c.recognizes()
			c.exchangesKeys()
			c.holds()
			c.transcribes()
			c.streamsAndMutes()
			c.do("hangUp", values{"forEveryone": true}, nil)
			c.ended()
			for _, e := range a.all(func(e event) bool { return e.Event == "error" }) {
				t.Errorf("the application could not read a post: %s", e.Message)
			}
		})
	}
}

// sockets are the options of a call with a stream and a transcription, which do not
// begin yet.
func (a *agent) sockets(more values) values {
	a.t.Helper()
	var text struct{ URL string }
	a.do("streamAddress", values{"path": "/text"}, &text)
	more["streaming"] = a.streamingOptions("/audio", "mixed", "Pcm16KMono", false)
	more["transcription"] = values{"transportUrl": text.URL, "transportType": "websocket", "locale": "en-US", "startTranscription": false}
	return more
}

// talksToAPhone has a phone call, and the application answer.
func (a *agent) talksToAPhone() story {
	a.t.Helper()
	call, incoming := a.nextCall(newPhone(a.product))
	var got connected
	a.do("answer", a.sockets(values{"context": incoming.Data.IncomingCallContext, "callback": a.url + "/callbacks"}), &got)
	c := a.connection(got.CallConnectionID)
	must(a.t, call.WaitAnswered(within(a.t, 10*time.Second)))
	c.got("CallConnected")
	return story{c, atPhone{a.t, call}, nil, "/audio", "/text"}
}

// talksToAnApplication has one end of a call call the other.
func (a *agent) talksToAnApplication() story {
	a.t.Helper()
	user := a.user()
	c := a.create(a.sockets(values{"target": user}))
	there := a.answersByStream(user, "/there")
	c.got("CallConnected")
	return story{c, there, nil, "/audio", "/text"}
}

// talksToBoth adds an application to the call with a phone.
func (a *agent) talksToBoth() story {
	a.t.Helper()
	s := a.talksToAPhone()
	user := a.user()
	s.do("add", values{"target": user, "operationContext": "add"}, nil)
	s.others = []party{a.answersByStream(user, "/there")}
	s.gotFor("add", "AddParticipantSucceeded")
	return s
}

// everybody are the parties, with how much each has heard so far.
func (s story) everybody() map[party]int {
	all := map[party]int{s.one: len(s.one.heard())}
	for _, p := range s.others {
		all[p] = len(p.heard())
	}
	return all
}

// plays: files, text and SSML, to one and to all.
func (s story) plays() {
	s.t.Helper()
	file := values{"url": s.saveTone("tone.wav", 600*time.Millisecond)}
	sources := []values{file, {"text": "Welcome."},
		{"ssml": `<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US">Good evening.</speak>`}}
	before := s.everybody()
	s.do("playSources", values{"sources": sources, "targets": []string{s.one.who()}, "operationContext": "one"}, nil)
	s.gotFor("one", "PlayStarted")
	s.gotFor("one", "PlayCompleted")
	s.heardAll(s.one, before[s.one])
	for _, p := range s.others {
		if heard := p.heard()[before[p]:]; loud(heard) > 0 {
			s.t.Errorf("%s hears what was for another: %s", p.who(), audiotest.Describe(heard, phoneRate))
		}
	}
	before = s.everybody()
	s.do("playSources", values{"sources": sources, "operationContext": "all"}, nil)
	s.gotFor("all", "PlayCompleted")
	for p, from := range before {
		s.heardAll(p, from)
	}
}

// repeatsAndInterrupts: a loop that is canceled, and a prompt that interrupts.
func (s story) repeatsAndInterrupts() {
	s.t.Helper()
	before := s.everybody()
	s.do("playSources", values{"sources": []values{{"url": s.saveTone("round.wav", 400*time.Millisecond)}}, "loop": true, "operationContext": "loop"}, nil)
	eventually(s.t, 15*time.Second, "the second round", func() bool { return loud(s.one.heard()[before[s.one]:]) > 600*time.Millisecond })
	s.do("cancelAll", nil, nil)
	s.gotFor("loop", "PlayCanceled")

	s.do("playSources", values{"sources": []values{{"url": s.saveTone("long.wav", 30*time.Second)}}, "operationContext": "long"}, nil)
	s.gotFor("long", "PlayStarted")
	s.do("playSources", values{"sources": []values{{"text": "Hello."}}, "interrupt": true, "operationContext": "urgent"}, nil)
	s.gotFor("long", "PlayCanceled")
	s.gotFor("urgent", "PlayCompleted")
}

// heardAll asks that somebody has heard the tone, the text and the SSML.
func (s story) heardAll(p party, after int) {
	s.t.Helper()
	hearsTone(s.t, p, after, promptPitch, 400*time.Millisecond)
	hearsText(s.t, p.heard, after, "Welcome.")
	hearsText(s.t, p.heard, after, "Good evening.")
}

// recognizes: a phrase of a choice, free speech, a key where speech is possible, keys,
// and silence.
func (s story) recognizes() {
	s.t.Helper()
	menu := []values{{"label": "Sales", "phrases": []string{"sales"}, "tone": "one"}, {"label": "Support", "phrases": []string{"support"}, "tone": "two"}}
	before := len(s.one.heard())
	s.do("recognize", values{"input": "choices", "target": s.one.who(), "choices": menu, "language": "en-US", "interruptPrompt": true,
		"prompt": values{"text": strings.Repeat("Please say sales, or say support. ", 5)}, "operationContext": "menu"}, nil)
	eventually(s.t, 10*time.Second, "the prompt", func() bool { return loud(s.one.heard()[before:]) > 500*time.Millisecond })
	s.one.say(spokenBy(s.t, "support please"))
	if chosen := s.gotFor("menu", "RecognizeCompleted"); chosen.ChoiceResult.Label != "Support" || chosen.ResultInformation.SubCode != 8545 {
		s.t.Errorf("the choice is %+v, %v", chosen.ChoiceResult, chosen.ResultInformation)
	}

	s.do("recognize", values{"input": "speech", "target": s.one.who(), "language": "en-US", "endSilence": 1, "operationContext": "free"}, nil)
	s.one.say(append(make([]int16, phoneRate/2), spokenBy(s.t, "I would like a pizza")...))
	if free := s.gotFor("free", "RecognizeCompleted"); free.SpeechResult.Speech != "I would like a pizza." {
		s.t.Errorf("the speech is %+v, %v", free.SpeechResult, free.ResultInformation)
	}

	for input, keys := range map[string]string{"speechOrDtmf": "42", "dtmf": "24"} {
		s.do("recognize", values{"input": input, "target": s.one.who(), "language": "en-US", "maxTones": 2, "operationContext": input}, nil)
		s.one.press(keys)
		want := []string{"four", "two"}
		if keys == "24" {
			slices.Reverse(want)
		}
		if pressed := s.gotFor(input, "RecognizeCompleted"); !slices.Equal(pressed.DtmfResult.Tones, want) {
			s.t.Errorf("%s: the keys are %v, %v", input, pressed.DtmfResult, pressed.ResultInformation)
		}
	}
	s.do("recognize", values{"input": "dtmf", "target": s.one.who(), "maxTones": 1, "initialSilence": 1, "operationContext": "silence"}, nil)
	if failed := s.gotFor("silence", "RecognizeFailed"); failed.ResultInformation.SubCode != 8510 {
		s.t.Errorf("silence ends with %v", failed.ResultInformation)
	}
}

// exchangesKeys: keys that the application sends, and those that it is told one by one.
func (s story) exchangesKeys() {
	s.t.Helper()
	s.do("sendDtmf", values{"target": s.one.who(), "tones": []string{"four", "pound"}, "operationContext": "keys"}, nil)
	s.gotFor("keys", "SendDtmfTonesCompleted")
	s.do("startTones", values{"target": s.one.who(), "operationContext": "each"}, nil)
	s.one.press("5#")
	for n, key := range []string{"five", "pound"} {
		s.wait("key "+key, func(e event) bool {
			return s.own(e) && e.kind() == "ContinuousDtmfRecognitionToneReceived" && e.data().Tone == key && e.data().SequenceID == n+1
		})
	}
	s.do("stopTones", values{"target": s.one.who(), "operationContext": "enough"}, nil)
	s.gotFor("enough", "ContinuousDtmfRecognitionStopped")
	switch p := s.one.(type) {
	case atPhone:
		eventually(s.t, patience, "the phone hears the keys", func() bool { return p.call.HeardTones() == "4#" })
	case atApplication:
		eventually(s.t, 5*time.Second, "the other application is told of the keys", func() bool { return s.streamed(p.path).Tones == "4#" })
	}
}

// holds: with text as its music, and back.
func (s story) holds() {
	s.t.Helper()
	before := s.everybody()
	s.do("hold", values{"target": s.one.who(), "music": values{"text": "Please hold."}}, nil)
	hearsText(s.t, s.one.heard, before[s.one], "Please hold.")
	held := func() bool {
		var got struct{ IsOnHold bool }
		s.do("getParticipant", values{"participant": s.one.who()}, &got)
		return got.IsOnHold
	}
	if !held() {
		s.t.Error("the participant is not on hold")
	}
	s.do("unhold", values{"target": s.one.who()}, nil)
	eventually(s.t, 5*time.Second, "the hold ends", func() bool { return !held() })
	for _, p := range s.others {
		if loud(p.heard()[before[p]:]) > 0 {
			s.t.Errorf("%s hears the music", p.who())
		}
	}
}

// transcribes: a sentence in each of two languages, of those who have a leg.
func (s story) transcribes() {
	s.t.Helper()
	texts := func() (said []string) {
		var got struct{ Texts []struct{ Text string } }
		s.do("streamed", values{"path": s.text}, &got)
		for _, one := range got.Texts {
			said = append(said, one.Text)
		}
		return said
	}
	says := func(want ...string) {
		if s.one.transcribed() {
			s.one.say(spokenBy(s.t, "good morning"))
			eventually(s.t, 15*time.Second, "the text "+want[len(want)-1], func() bool { return slices.Equal(texts(), want) })
		}
	}
	s.do("startTranscription", values{"locale": "en-US", "operationContext": "text"}, nil)
	s.gotFor("text", "TranscriptionStarted")
	says("Good morning.")
	s.do("updateTranscription", values{"locale": "de-DE", "operationContext": "german"}, nil)
	s.gotFor("german", "TranscriptionUpdated")
	says("Good morning.", "Guten Morgen.")
	s.do("stopTranscription", values{"operationContext": "enough text"}, nil)
	s.gotFor("enough text", "TranscriptionStopped")
}

// streamsAndMutes: sound both ways, until the other side is muted, between a start and a
// stop.
func (s story) streamsAndMutes() {
	s.t.Helper()
	const first, second = 440, 700
	s.do("startStreaming", values{"operationContext": "stream"}, nil)
	s.gotFor("stream", "MediaStreamingStarted")
	before := s.everybody()
	s.say(s.stream, 16000, time.Second, promptPitch)
	for p, from := range before {
		hearsTone(s.t, p, from, promptPitch, 700*time.Millisecond)
	}
	s.one.say(audiotest.Tone(phoneRate, time.Second, -9, first))
	hasHeard := func(pitch float64) bool {
		time.Sleep(100 * time.Millisecond) // as in atApplication
		sound, err := audio.Resample(s.streamed(s.stream).heard(""), 16000, phoneRate)
		must(s.t, err)
		return siptest.Seconds(sound, pitch) > 0.5
	}
	eventually(s.t, 10*time.Second, "the stream hears the other side", func() bool { return hasHeard(first) })

	s.do("mute", values{"target": s.one.who()}, nil)
	s.wait("a muted participant", func(e event) bool {
		return s.own(e) && e.kind() == "ParticipantsUpdated" && someMuted(e.data())
	})
	frames := s.streamed(s.stream).Frames
	s.one.say(audiotest.Tone(phoneRate, time.Second, -9, second))
	eventually(s.t, 10*time.Second, "a second and a half of it", func() bool {
		time.Sleep(100 * time.Millisecond)
		return s.streamed(s.stream).Frames > frames+75
	})
	if hasHeard(second) {
		s.t.Error("the stream hears who is muted")
	}
	if got := s.streamed(s.stream); got.Metadata.SampleRate != 16000 || got.Metadata.Encoding != "PCM" {
		s.t.Errorf("metadata %+v", got.Metadata)
	}
	s.do("stopStreaming", values{"operationContext": "enough audio"}, nil)
	s.gotFor("enough audio", "MediaStreamingStopped")
}

// playsOrFails plays texts and files, to all and to one, with events of their own place,
// and what cannot be played.
func (c connection) playsOrFails() {
	c.t.Helper()
	file := values{"url": c.saveTone("short.wav", 300*time.Millisecond)}
	missing := values{"url": c.url + "/wav/missing.wav"}
	elsewhere := c.url + "/other"
	c.do("playSources", values{"sources": []values{{"text": "Hello."}, file, {"text": "Goodbye."}}, "operationContext": "texts", "operationCallback": elsewhere}, nil)
	done := c.wait("PlayCompleted", func(e event) bool { return c.own(e) && e.kind() == "PlayCompleted" && e.Path == "/other" })
	if done.data().OperationContext != "texts" {
		c.t.Errorf("PlayCompleted has the context %q", done.data().OperationContext)
	}
	for name, sources := range map[string][]values{"missing": {missing}, "missing and found": {missing, file}} {
		c.do("playSources", values{"sources": sources, "operationContext": name}, nil)
		if failed := c.gotFor(name, "PlayFailed"); failed.ResultInformation.Code != 400 || failed.FailedPlaySourceIndex == nil || *failed.FailedPlaySourceIndex != 0 {
			c.t.Errorf("%s: PlayFailed says %v", name, failed.ResultInformation)
		}
	}
}
