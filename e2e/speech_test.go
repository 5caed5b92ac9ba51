package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/speech/speechtest"
)

// needsEspeak skips a test where nobody speaks.
func needsEspeak(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed")
	}
}

// spokenBy is a voice that says a text, at the rate of phones.
func spokenBy(t testing.TB, text string) []int16 {
	t.Helper()
	return spokenAs(t, text, "-v", "en-us", "-s", "140")
}

// spokenAs is what espeak-ng says with options of its own.
func spokenAs(t testing.TB, text string, options ...string) []int16 {
	t.Helper()
	program := exec.Command("espeak-ng", append([]string{"--stdin", "--stdout", "-b", "1"}, options...)...)
	program.Stdin = strings.NewReader(text)
	wav, err := program.Output()
	must(t, err)
	samples, rate, err := audio.ReadWAV(bytes.NewReader(wav), time.Minute)
	must(t, err)
	samples, err = audio.Resample(samples, rate, phoneRate)
	must(t, err)
	return samples
}

// loud counts the time that a phone has heard something, after what it heard before.
func loud(samples []int16) (heard time.Duration) {
	for len(samples) >= phoneRate/50 {
		if audiotest.RMS(samples[:phoneRate/50]) > 200 {
			heard += 20 * time.Millisecond
		}
		samples = samples[phoneRate/50:]
	}
	return heard
}

// TestPreparedPromptIsNotAskedFor: what speech.prepare has is spoken at the start, and the
// SDK's prompt finds it.
func TestPreparedPromptIsNotAskedFor(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	speaker := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		tone := audiotest.Tone(24000, time.Second, -12, 440)
		pcm := make([]byte, 0, 2*len(tone))
		for _, s := range tone {
			pcm = append(pcm, byte(s), byte(s>>8))
		}
		w.Write(pcm)
	}))
	t.Cleanup(speaker.Close)
	p := start(t, setup{config: "speech:\n  providers: [{name: far, kind: openai, url: '" + speaker.URL + "/v1'}]\n  prepare: [{text: Welcome., locale: en-US, voice: en-US-AvaNeural}]\n"})
	eventually(t, 20*time.Second, "the prompt that is prepared", func() bool { return asked.Load() == 1 })
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	c, call := a.answered(newPhone(p))
	for text, want := range map[string]int32{"Welcome.": 0, "Goodbye.": 1} {
		before := asked.Load()
		c.do("say", values{"text": text, "locale": "en-US", "voice": "en-US-AvaNeural", "operationContext": text}, nil)
		c.gotFor(text, "PlayCompleted")
		if now := asked.Load() - before; now != want {
			t.Errorf("%s is asked for %d times", text, now)
		}
	}
	hears(t, call, 440, 900*time.Millisecond)
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
}

// TestTextIsSpokenOnALaptop: nothing is configured; espeak-ng is installed.
func TestTextIsSpokenOnALaptop(t *testing.T) {
	t.Parallel()
	needsEspeak(t)
	a, phone := stage(t)
	c, call := a.answered(phone)
	c.do("say", values{"text": "Welcome to our company. How can we help you today?", "locale": "en-US", "operationContext": "text"}, nil)
	c.gotFor("text", "PlayStarted")
	c.gotFor("text", "PlayCompleted")
	eventually(t, patience, "the phone hears speech", func() bool { return loud(call.Heard()) > 1500*time.Millisecond })
	before := len(call.Heard())
	c.do("say", values{"ssml": `<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="de-DE"><voice name="de-DE-KatjaNeural">Guten Tag, willkommen.</voice></speak>`, "operationContext": "ssml"}, nil)
	c.gotFor("ssml", "PlayCompleted")
	eventually(t, patience, "the phone hears SSML", func() bool { return loud(call.Heard()[before:]) > 500*time.Millisecond })
	c.do("say", values{"text": " ", "operationContext": "empty"}, nil)
	if failed := c.gotFor("empty", "PlayFailed"); failed.ResultInformation.SubCode != 8582 {
		t.Errorf("PlayFailed says %v", failed.ResultInformation)
	}
	c.do("say", values{"text": "Well.", "locale": "xx-XX", "operationContext": "unknown"}, nil)
	c.gotFor("unknown", "PlayFailed")
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
}

// understander is a server with OpenAI's transcriptions, which understands what a test
// says it does, and keeps what it was sent.
type understander struct {
	*httptest.Server
	mu    sync.Mutex
	texts []string
	heard []time.Duration
	langs []string
}

func newUnderstander(t *testing.T, texts ...string) *understander {
	u := &understander{texts: texts}
	u.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.mu.Lock()
		defer u.mu.Unlock()
		file, _, err := r.FormFile("file")
		if err != nil || r.URL.Path != "/v1/audio/transcriptions" {
			http.Error(w, "what is this?", http.StatusBadRequest)
			return
		}
		wav, _ := io.ReadAll(file)
		samples, rate, err := audio.ReadWAV(bytes.NewReader(wav), time.Minute)
		if err != nil || len(u.texts) == 0 {
			http.Error(w, "nothing", http.StatusInternalServerError)
			return
		}
		u.heard = append(u.heard, time.Duration(len(samples))*time.Second/time.Duration(rate))
		u.langs = append(u.langs, r.FormValue("language"))
		json.NewEncoder(w).Encode(map[string]string{"text": u.texts[0]})
		u.texts = u.texts[1:]
	}))
	t.Cleanup(u.Close)
	return u
}

// TestCallerIsUnderstood: choices and free speech, with a prompt that the caller
// interrupts.
func TestCallerIsUnderstood(t *testing.T) {
	t.Parallel()
	needsEspeak(t)
	server := newUnderstander(t, "Technical support, please.", "I would like to order a pizza.")
	p := start(t, setup{config: "speech:\n  providers:\n    - {name: local, kind: espeak-ng}\n    - {name: whisper, kind: openai, url: '" + server.URL + "/v1', key: hush}\n  text-to-speech: [local]\n"})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	c, call := a.answered(newPhone(p))

	menu := []values{{"label": "Sales", "phrases": []string{"sales"}, "tone": "one"}, {"label": "Support", "phrases": []string{"technical support"}, "tone": "two"}}
	long := strings.Repeat("Please say sales, or say technical support. ", 10)
	c.do("recognizeSpeech", values{"target": caller, "choices": menu, "text": long, "interruptPrompt": true, "language": "en-US", "operationContext": "menu"}, nil)
	eventually(t, 10*time.Second, "the prompt is heard", func() bool { return loud(call.Heard()) > time.Second })
	call.SendSound(spokenBy(t, "technical support please"))
	chosen := c.gotFor("menu", "RecognizeCompleted")
	if chosen.RecognitionType != "choices" || chosen.ChoiceResult.Label != "Support" || chosen.ChoiceResult.RecognizedPhrase != "technical support" || chosen.ResultInformation.SubCode != 8545 {
		t.Errorf("RecognizeCompleted is %+v, %v", chosen, chosen.ResultInformation)
	}
	eventually(t, patience, "what was on its way is over", func() bool { return quiet(call) })
	before := len(call.Heard())
	eventually(t, patience, "two seconds more, which are longer than a pause of the prompt", func() bool { return len(call.Heard()) > before+2*phoneRate })
	if rest := loud(call.Heard()[before:]); rest > 100*time.Millisecond {
		t.Errorf("the prompt goes on for %v", rest)
	}

	c.do("recognizeSpeech", values{"target": caller, "language": "en-US", "endSilence": 1, "operationContext": "free"}, nil)
	time.Sleep(300 * time.Millisecond)
	call.SendSound(spokenBy(t, "I would like to order a pizza"))
	free := c.gotFor("free", "RecognizeCompleted")
	if free.RecognitionType != "speech" || free.SpeechResult.Speech != "I would like to order a pizza." || free.ResultInformation.SubCode != 8569 {
		t.Errorf("RecognizeCompleted is %+v, %v", free, free.ResultInformation)
	}

	c.do("recognizeSpeech", values{"target": caller, "choices": menu, "operationContext": "key"}, nil)
	time.Sleep(300 * time.Millisecond)
	must(t, call.SendTones(within(t, 5*time.Second), "1"))
	if byKey := c.gotFor("key", "RecognizeCompleted"); byKey.ChoiceResult.Label != "Sales" || byKey.ResultInformation.SubCode != 8533 {
		t.Errorf("RecognizeCompleted is %+v, %v", byKey, byKey.ResultInformation)
	}

	c.do("recognizeSpeech", values{"target": caller, "operationContext": "down"}, nil)
	time.Sleep(300 * time.Millisecond)
	call.SendSound(spokenBy(t, "is anybody there"))
	if failed := c.gotFor("down", "RecognizeFailed"); failed.ResultInformation.SubCode != 8570 && failed.ResultInformation.SubCode != 8565 {
		t.Errorf("RecognizeFailed says %v", failed.ResultInformation)
	}
	server.mu.Lock()
	for i, heard := range server.heard {
		if heard < time.Second || heard > 6*time.Second || server.langs[i] != "en" {
			t.Errorf("the recogniser was sent %v in %q", heard, server.langs[i])
		}
	}
	server.mu.Unlock()
	if strings.Contains(p.log.String(), "hush") {
		t.Error("the key is in the log")
	}
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
}

// TestWhenNobodyCanSpeakTheSourceIsNamed: every provider fails, so the play ends, and so
// does the recognition whose prompt it was; what came before was heard.
func TestWhenNobodyCanSpeakTheSourceIsNamed(t *testing.T) {
	t.Parallel()
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no such key", http.StatusUnauthorized)
	}))
	t.Cleanup(refusing.Close)
	p := start(t, setup{config: "speech:\n  providers:\n    - {name: gone, kind: openai, url: 'http://127.0.0.1:1/v1'}\n    - {name: refuses, kind: openai, url: '" + refusing.URL + "/v1'}\n  text-to-speech: [gone, refuses]\n"})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	c, call := a.answered(newPhone(p))
	file := values{"url": a.saveTone("tone.wav", 500*time.Millisecond)}
	c.do("playSources", values{"sources": []values{file, {"text": "Good morning."}}, "operationContext": "play"}, nil)
	failed := c.gotFor("play", "PlayFailed")
	if failed.ResultInformation.SubCode != 8565 || failed.FailedPlaySourceIndex == nil || *failed.FailedPlaySourceIndex != 1 {
		t.Errorf("PlayFailed says %v, index %v", failed.ResultInformation, failed.FailedPlaySourceIndex)
	}
	eventually(t, 5*time.Second, "the file is heard", func() bool { return siptest.Seconds(call.Heard(), promptPitch) > 0.3 })
	c.do("recognize", values{"input": "dtmf", "target": caller, "maxTones": 1, "prompt": values{"text": "Press a key."}, "operationContext": "recognize"}, nil)
	if failed := c.gotFor("recognize", "RecognizeFailed"); failed.ResultInformation.SubCode != 8511 || !strings.Contains(failed.ResultInformation.Message, "could not connect to AI services") || failed.FailedPlaySourceIndex == nil || *failed.FailedPlaySourceIndex != 0 {
		t.Errorf("RecognizeFailed says %v, index %v", failed.ResultInformation, failed.FailedPlaySourceIndex)
	}
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
}

// TestCallerIsUnderstoodWhileTheySpeak: by a service that is connected over a WebSocket.
// The SDK's parser reads hypotheses, then the final result with the times of its words;
// of choices the service makes a grammar.
func TestCallerIsUnderstoodWhileTheySpeak(t *testing.T) {
	t.Parallel()
	needsEspeak(t)
	service := speechtest.Start(t, "vosk", speechtest.Fault{})
	service.Understand([]string{"good", "morning", "everybody"}, []string{"technical", "support"})
	p := start(t, setup{config: "speech:\n  providers:\n    - {name: vosk, kind: vosk, url: '" + strings.Replace(service.URL().String(), "http", "ws", 1) + "'}\n"})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	call, incoming := a.nextCall(newPhone(p))
	var address struct{ URL string }
	a.do("streamAddress", values{"path": "/text"}, &address)
	var got connected
	a.do("answer", values{"context": incoming.Data.IncomingCallContext, "callback": a.url + "/callbacks", "transcription": values{
		"transportUrl": address.URL, "transportType": "websocket", "locale": "en-US", "startTranscription": true, "enableIntermediateResults": true,
	}}, &got)
	c := a.connection(got.CallConnectionID)
	must(t, call.WaitAnswered(within(t, 10*time.Second)))
	c.got("CallConnected")
	c.got("TranscriptionStarted")

	type transcribed struct {
		Text, ResultState, ResultStatus string
		Words                           []struct {
			Text             string
			Offset, Duration int64
			OffsetInTicks    int64
		}
	}
	texts := func() (list []transcribed) {
		var streamed struct{ Texts json.RawMessage }
		a.do("streamed", values{"path": "/text"}, &streamed)
		json.Unmarshal(streamed.Texts, &list)
		return list
	}
	call.SendSound(spokenBy(t, "good morning everybody"))
	eventually(t, 10*time.Second, "the sentence", func() bool {
		list := texts()
		return len(list) > 0 && list[len(list)-1].Text == "good morning everybody" && len(list[len(list)-1].Words) == 3
	})
	list := texts()
	if first := list[0]; len(list) < 2 || first.Text == "" || len(first.Words) != 0 || !strings.HasPrefix("good morning everybody", first.Text) {
		t.Errorf("got %+v", list)
	}
	c.do("stopTranscription", values{"operationContext": "enough"}, nil)
	c.gotFor("enough", "TranscriptionStopped")

	menu := []values{{"label": "Sales", "phrases": []string{"sales"}}, {"label": "Support", "phrases": []string{"technical support"}}}
	c.do("recognizeSpeech", values{"target": caller, "choices": menu, "operationContext": "menu"}, nil)
	time.Sleep(300 * time.Millisecond)
	call.SendSound(spokenBy(t, "technical support please"))
	if chosen := c.gotFor("menu", "RecognizeCompleted"); chosen.ChoiceResult.Label != "Support" {
		t.Errorf("RecognizeCompleted is %+v, %v", chosen, chosen.ResultInformation)
	}
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
}

// refusesPreviews asks for what no provider gives: no released SDK of JavaScript does.
func (c connection) refusesPreviews() {
	c.t.Helper()
	for path, body := range map[string]values{
		":summarizeCall":       {"summarizationOptions": values{"locale": "en-US"}},
		":updateTranscription": {"locale": "de-DE", "piiRedactionOptions": values{"enable": true}},
	} {
		at := "/calling/callConnections/" + c.id + path + "?api-version=2025-08-15-preview"
		if status := c.product.signed("POST", at, nil, body, nil); status != 405 {
			c.t.Errorf("%s is answered with %d", path, status)
		}
	}
}

// TestCallIsTranscribed: the SDK's parser reads who said what, in which order.
func TestCallIsTranscribed(t *testing.T) {
	t.Parallel()
	needsEspeak(t)
	server := newUnderstander(t, "Good morning.", "Guten Morgen.")
	p := start(t, setup{config: "speech:\n  providers:\n    - {name: whisper, kind: openai, url: '" + server.URL + "/v1'}\n"})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	call, incoming := a.nextCall(newPhone(p))
	var address struct{ URL string }
	a.do("streamAddress", values{"path": "/text"}, &address)
	var got connected
	a.do("answer", values{"context": incoming.Data.IncomingCallContext, "callback": a.url + "/callbacks", "transcription": values{
		"transportUrl": address.URL, "transportType": "websocket", "locale": "en-US", "startTranscription": false,
	}}, &got)
	c := a.connection(got.CallConnectionID)
	must(t, call.WaitAnswered(within(t, 10*time.Second)))
	c.got("CallConnected")
	c.do("startTranscription", values{"locale": "en-US", "operationContext": "text"}, nil)
	c.gotFor("text", "TranscriptionStarted")
	c.refusesPreviews()

	texts := func() (list []struct {
		Text, Format, ResultState, ResultStatus string
		Participant                             struct{ PhoneNumber string }
	}) {
		var streamed struct{ Texts json.RawMessage }
		a.do("streamed", values{"path": "/text"}, &streamed)
		json.Unmarshal(streamed.Texts, &list)
		return list
	}
	call.SendSound(spokenBy(t, "good morning everybody"))
	eventually(t, 10*time.Second, "the first sentence", func() bool { return len(texts()) == 1 })
	c.do("updateTranscription", values{"locale": "de-DE", "operationContext": "german"}, nil)
	c.gotFor("german", "TranscriptionUpdated")
	call.SendSound(spokenBy(t, "good morning everybody"))
	eventually(t, 10*time.Second, "the second sentence", func() bool { return len(texts()) == 2 })
	list := texts()
	if list[0].Text != "Good morning." || list[1].Text != "Guten Morgen." || list[0].Participant.PhoneNumber != phoneNumber {
		t.Errorf("got %+v", list)
	}
	server.mu.Lock()
	if langs := strings.Join(server.langs, " "); langs != "en de" {
		t.Errorf("the languages were %s", langs)
	}
	server.mu.Unlock()
	c.do("stopTranscription", values{"operationContext": "enough"}, nil)
	c.gotFor("enough", "TranscriptionStopped")
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
}
