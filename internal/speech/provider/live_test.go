package provider

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/speech/speechtest"
)

// live are the services that understand while somebody speaks.
var live = []string{"azure", "deepgram", "openai", "vosk"}

// recognizerOf is the client of a fake.
func recognizerOf(vendor string, s *speechtest.Service) speech.Recognizer {
	at, key := s.URL(), speech.Key("hush")
	switch vendor {
	case "azure":
		return NewAzure(AzureConfig{Name: vendor, Endpoint: at, Key: key, Client: NewClient()})
	case "deepgram":
		return NewDeepgram(DeepgramConfig{Name: vendor, URL: at, Key: key, Client: NewClient()})
	case "openai":
		return NewOpenAI(OpenAIConfig{Name: vendor, URL: at.JoinPath("v1"), Key: key, Streaming: true, Client: NewClient()})
	}
	return NewVosk(vendor, webSocket(at))
}

var english = speech.Listening{Languages: []string{"en-GB"}, Rate: 16000, Intermediate: true, Words: true}

// say writes words as somebody speaks them, but faster, and finishes the utterance.
func say(text speech.Transcriber, at time.Duration, words ...string) {
	samples := append(speechtest.Say(16000, words...), make([]int16, 8000)...)
	for ; len(samples) > 0; at += 20 * time.Millisecond {
		n := min(320, len(samples))
		text.Write(at, samples[:n])
		samples = samples[n:]
	}
	text.Finish()
}

// understood waits for the end of an utterance: its final results, and how many
// hypotheses there were.
func understood(t *testing.T, text speech.Transcriber) (finals []speech.Result, hypotheses int) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case r, open := <-text.Results():
			switch {
			case !open:
				t.Fatalf("no result: %v", text.Err())
			case !r.Final:
				hypotheses++
			case r.Text != "":
				finals = append(finals, r)
			}
			if r.Last {
				return finals, hypotheses
			}
		case <-limit:
			t.Fatal("no result")
		}
	}
}

func textOf(results []speech.Result) string {
	var texts []string
	for _, r := range results {
		texts = append(texts, r.Text)
	}
	return strings.Join(texts, " ")
}

// TestServicesUnderstandWhileSomebodySpeaks: utterance by utterance, on the speaker's
// time axis, whatever the service counts.
func TestServicesUnderstandWhileSomebodySpeaks(t *testing.T) {
	for _, vendor := range live {
		t.Run(vendor, func(t *testing.T) {
			service := speechtest.Start(t, vendor, speechtest.Fault{})
			text, err := recognizerOf(vendor, service).Listen(t.Context(), english)
			if err != nil {
				t.Fatal(err)
			}
			defer text.Close()
			for _, utterance := range []struct {
				at    time.Duration
				words []string
			}{{time.Second, []string{"alpha", "charlie"}}, {10 * time.Second, []string{"delta", "bravo", "echo"}}, {20 * time.Second, nil}} {
				say(text, utterance.at, utterance.words...)
				finals, hypotheses := understood(t, text)
				if got := textOf(finals); got != strings.Join(utterance.words, " ") || hypotheses == 0 && utterance.words != nil {
					t.Errorf("understood %q with %d hypotheses, want %v", got, hypotheses, utterance.words)
				}
				var words []speech.Word
				for _, r := range finals {
					words = append(words, r.Words...)
				}
				if vendor == "openai" { // which has no times of words
					for _, r := range finals {
						if r.Offset != utterance.at {
							t.Errorf("%q begins at %v, want %v", r.Text, r.Offset, utterance.at)
						}
					}
					continue
				}
				for i, w := range words {
					want := utterance.at + time.Duration(i)*300*time.Millisecond
					if late := w.Offset - want; w.Text != utterance.words[i] || late.Abs() > 60*time.Millisecond || (w.Duration-200*time.Millisecond).Abs() > 60*time.Millisecond {
						t.Errorf("%q at %v for %v, want %s at %v", w.Text, w.Offset, w.Duration, utterance.words[i], want)
					}
				}
				if len(words) != len(utterance.words) {
					t.Errorf("times of %v", words)
				}
			}
			if n := service.Connections(); n != 1 {
				t.Errorf("%d connections", n)
			}
			for _, seen := range service.Seen() {
				if strings.Contains(seen.URL.String(), "hush") {
					t.Errorf("the key is in %s", seen.URL)
				}
			}
		})
	}
}

// TestServicesUnderstandFiles: what our detector takes for an utterance, as a whole, with
// its words on the speaker's time axis; and silence, of which some make words up.
func TestServicesUnderstandFiles(t *testing.T) {
	for _, vendor := range []string{"azure", "deepgram", "openai"} {
		t.Run(vendor, func(t *testing.T) {
			service := speechtest.Start(t, vendor, speechtest.Fault{})
			at, key := service.URL(), speech.Key("hush")
			by := map[string]speech.Uploader{
				"azure":    NewAzure(AzureConfig{Name: vendor, Endpoint: at, Key: key, Client: NewClient()}),
				"deepgram": NewDeepgram(DeepgramConfig{Name: vendor, URL: at, Key: key, Client: NewClient()}),
				"openai":   NewOpenAI(OpenAIConfig{Name: vendor, URL: at.JoinPath("v1"), Key: key, Client: NewClient()}),
			}[vendor]
			text, err := speech.Uploading{Uploader: by}.Listen(t.Context(), english)
			if err != nil {
				t.Fatal(err)
			}
			defer text.Close()
			for _, words := range [][]string{{"alpha", "charlie"}, nil, {"echo"}} {
				say(text, 10*time.Second, words...)
				finals, _ := understood(t, text)
				if got := textOf(finals); got != strings.Join(words, " ") {
					t.Errorf("understood %q, want %v", got, words)
				}
				if vendor == "azure" || len(finals) == 0 { // which has no times of words
					continue
				}
				for i, w := range finals[0].Words {
					if late := w.Offset - 10*time.Second - time.Duration(i)*300*time.Millisecond; w.Text != words[i] || late.Abs() > 60*time.Millisecond {
						t.Errorf("%q at %v", w.Text, w.Offset)
					}
				}
				if len(finals[0].Words) != len(words) {
					t.Errorf("times of %v", finals[0].Words)
				}
			}
		})
	}
}

// faults are what services do wrong, and what an application is told if nobody else
// is asked.
var faults = []struct {
	name   string
	fault  speechtest.Fault
	kind   speech.ErrorKind
	status int
}{
	{"the key is wrong", speechtest.Fault{Status: 401}, speech.Rejected, 401},
	{"forbidden", speechtest.Fault{Status: 403}, speech.Rejected, 403},
	{"too many requests", speechtest.Fault{Status: 429}, speech.Rejected, 429},
	{"out of order", speechtest.Fault{Status: 503}, speech.Broken, 503},
	{"a handshake without an answer", speechtest.Fault{Hang: true}, speech.Unreachable, 0},
	{"closed half-way", speechtest.Fault{CloseAfter: 3}, speech.Unreachable, 0},
	{"closed for its quota", speechtest.Fault{CloseAfter: 3, CloseCode: ws.StatusInvalidFramePayloadData, CloseWhy: "Quota exceeded."}, speech.Rejected, 429},
	{"closed for an error of its own", speechtest.Fault{CloseAfter: 3, CloseCode: ws.StatusInternalServerError, CloseWhy: "sorry"}, speech.Broken, 0},
	{"a huge message", speechtest.Fault{Instead: bytes.Repeat([]byte("x"), 5<<20)}, speech.Unreachable, 0},
}

// TestNextServiceUnderstandsTheWholeUtterance: whatever the first one does wrong.
func TestNextServiceUnderstandsTheWholeUtterance(t *testing.T) {
	for _, vendor := range live {
		for _, test := range faults {
			t.Run(vendor+"/"+test.name, func(t *testing.T) {
				t.Parallel()
				service, deputy := speechtest.Start(t, vendor, test.fault), speechtest.Start(t, "vosk", speechtest.Fault{})
				both := recognizers(speech.Named[speech.Recognizer]{Name: vendor, Provider: recognizerOf(vendor, service)}, speech.Named[speech.Recognizer]{Name: "deputy", Provider: recognizerOf("vosk", deputy)})
				text, err := both.Listen(t.Context(), english)
				if err != nil {
					t.Fatal(err)
				}
				defer text.Close()
				say(text, time.Second, "alpha", "bravo")
				finals, _ := understood(t, text)
				if got := textOf(finals); got != "alpha bravo" || len(deputy.Heard()) != 1 {
					t.Errorf("understood %q; the deputy heard %v", got, deputy.Heard())
				}
			})
			t.Run(vendor+"/"+test.name+", alone", func(t *testing.T) {
				t.Parallel()
				text, err := recognizers(speech.Named[speech.Recognizer]{Name: vendor, Provider: recognizerOf(vendor, speechtest.Start(t, vendor, test.fault))}).Listen(t.Context(), english)
				if err != nil {
					t.Fatal(err)
				}
				defer text.Close()
				say(text, time.Second, "alpha", "bravo")
				for range text.Results() {
				}
				var failure *speech.Error
				if !errors.As(text.Err(), &failure) || failure.Kind != test.kind || failure.Status != test.status || strings.Contains(failure.Error(), "hush") {
					t.Errorf("failed with %v", text.Err())
				}
			})
		}
	}
}

func recognizers(list ...speech.Named[speech.Recognizer]) *speech.Recognizers {
	r := &speech.Recognizers{}
	r.Choice.Default, r.Choice.Log = list, slog.New(slog.DiscardHandler)
	return r
}

// TestServiceThatNeverGivesAResultIsGivenUp: and its hypotheses are told meanwhile.
func TestServiceThatNeverGivesAResultIsGivenUp(t *testing.T) {
	for _, vendor := range []string{"azure", "vosk"} {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			service, deputy := speechtest.Start(t, vendor, speechtest.Fault{NeverFinal: true}), speechtest.Start(t, "vosk", speechtest.Fault{})
			both := recognizers(speech.Named[speech.Recognizer]{Name: vendor, Provider: recognizerOf(vendor, service)}, speech.Named[speech.Recognizer]{Name: "deputy", Provider: recognizerOf("vosk", deputy)})
			text, err := both.Listen(t.Context(), english)
			if err != nil {
				t.Fatal(err)
			}
			defer text.Close()
			began := time.Now()
			say(text, 0, "alpha")
			finals, hypotheses := understood(t, text)
			if textOf(finals) != "alpha" || hypotheses == 0 || time.Since(began) < 4*time.Second {
				t.Errorf("%v, %d hypotheses, after %v", finals, hypotheses, time.Since(began))
			}
		})
	}
}

// TestConnectionThatWorkedIsMadeAgain: services close connections when they like; no
// other service is asked for that.
func TestConnectionThatWorkedIsMadeAgain(t *testing.T) {
	for _, vendor := range live {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			service, deputy := speechtest.Start(t, vendor, speechtest.Fault{CloseAfter: 24, Times: 1}), speechtest.Start(t, "vosk", speechtest.Fault{})
			both := recognizers(speech.Named[speech.Recognizer]{Name: vendor, Provider: recognizerOf(vendor, service)}, speech.Named[speech.Recognizer]{Name: "deputy", Provider: recognizerOf("vosk", deputy)})
			text, err := both.Listen(t.Context(), english)
			if err != nil {
				t.Fatal(err)
			}
			defer text.Close()
			for i := range 4 { // the connection breaks in one of them
				say(text, time.Duration(i)*5*time.Second, "alpha", "bravo", "delta")
				if finals, _ := understood(t, text); textOf(finals) != "alpha bravo delta" {
					t.Errorf("utterance %d: understood %q", i, textOf(finals))
				}
			}
			if service.Connections() != 2 || deputy.Connections() != 0 {
				t.Errorf("%d connections, and %d with another service", service.Connections(), deputy.Connections())
			}
		})
	}
}

// TestLateResultIsNotThatOfTheNextUtterance: Deepgram answers nothing where nothing is
// left, so that what comes after a second of waiting is too late.
func TestLateResultIsNotThatOfTheNextUtterance(t *testing.T) {
	p := &deepgramProtocol{line: timeline{rate: 16000}}
	p.line.wrote(0, 16000)
	p.finishing = []finalize{{time.Now().Add(-finalizeWithin), time.Second}}
	if list, _ := p.tick(nil, 0); len(list) != 1 || !list[0].Last || list[0].Text != "" {
		t.Fatalf("after a second: %+v", list)
	}
	p.line.wrote(10*time.Second, 16000)
	p.finishing = []finalize{{time.Now(), 2 * time.Second}}
	for _, test := range []struct {
		message string
		text    string
	}{
		{`{"type":"Results","is_final":true,"from_finalize":true,"start":0.2,"duration":0.8,"channel":{"alternatives":[{"transcript":"late"}]}}`, ""},
		{`{"type":"Results","is_final":true,"from_finalize":true,"start":1,"duration":1,"channel":{"alternatives":[{"transcript":"next"}]}}`, "next"},
	} {
		list, err := p.take(nil, ws.OpText, []byte(test.message))
		if err != nil || len(list) == 0 != (test.text == "") || test.text != "" && (list[0].Text != test.text || !list[0].Last || list[0].Offset != 10*time.Second) {
			t.Errorf("%s: %+v, %v", test.message, list, err)
		}
	}
}

// TestGarbageIsNoResult: JSON that is none, and JSON of another protocol.
func TestGarbageIsNoResult(t *testing.T) {
	for _, vendor := range []string{"deepgram", "openai", "vosk"} {
		text, err := recognizerOf(vendor, speechtest.Start(t, vendor, speechtest.Fault{Instead: []byte(`{"broken`)})).Listen(t.Context(), english)
		if err != nil {
			t.Fatal(err)
		}
		say(text, 0, "alpha")
		for range text.Results() {
		}
		var failure *speech.Error
		if !errors.As(text.Err(), &failure) || failure.Kind != speech.Broken {
			t.Errorf("%s: %v", vendor, text.Err())
		}
		text.Close()
	}
}

// FuzzMessages: whatever a service sends, a protocol survives it.
func FuzzMessages(f *testing.F) {
	for _, seed := range []string{
		`{"partial":"a"}`, `{"text":"a","result":[{"word":"a","start":1,"end":2,"conf":1}]}`, `{"type":"Results","is_final":true,"channel":{"alternatives":[{"transcript":"a","words":[{"word":"a","start":-1,"end":1e300}]}]}}`,
		`{"type":"conversation.item.input_audio_transcription.completed","item_id":"i","transcript":"a"}`, `{"type":"input_audio_buffer.committed","item_id":"i"}`,
		"Path:speech.phrase\r\nX-RequestId:T\r\n\r\n" + `{"RecognitionStatus":"Success","NBest":[{"Words":[{"Word":"a"}]}]}`, "Path:turn.end", "\r\n\r\n", "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		line := timeline{rate: 16000}
		for _, p := range []protocol{
			&voskProtocol{l: english, line: line, asked: []bool{true}},
			&deepgramProtocol{line: line, finishing: []finalize{{at: time.Now()}}},
			&realtimeProtocol{l: english, committed: []span{{}}, items: []string{"i"}, texts: map[string]*item{"i": {}}},
			&azureProtocol{l: english, turn: "T", got: make(map[string][]string)},
		} {
			if bytes.Contains(bytes.ToLower(message), []byte("turn.end")) {
				continue // which answers
			}
			results, _ := p.take(nil, ws.OpText, message)
			for _, r := range results {
				if r.Last && !r.Final {
					t.Errorf("%T: %+v", p, r)
				}
			}
		}
	})
}
