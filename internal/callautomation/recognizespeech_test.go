package callautomation

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/speech"
)

func TestRecognizeOptionsOfSpeech(t *testing.T) {
	const target = `"targetParticipant":{"rawId":"4:+1555"}`
	read := func(kind, options string) (call.Recognize, error) {
		request, err := decode[recognizeRequest](t, `{"recognizeInputType":"`+kind+`","recognizeOptions":{`+target+options+`}}`)
		if err != nil {
			t.Fatal(err)
		}
		return request.recognize()
	}
	for _, test := range []struct {
		name, kind, options string
		check               func(call.Recognize) bool
	}{
		{"speech by default", "speech", ``, func(r call.Recognize) bool {
			return r.Input == call.SpeechInput && r.EndSilence == 500*time.Millisecond && r.Languages == nil && r.InitialSilence == 5*time.Second
		}},
		{"an end silence of 0, as .NET's 1.1.0-beta.1 sends for none", "speech", `,"speechOptions":{"endSilenceTimeoutInMs":0}`, func(r call.Recognize) bool {
			return r.EndSilence == 500*time.Millisecond
		}},
		{"JavaScript's speech", "speech", `,"speechOptions":{"endSilenceTimeoutInMs":2000},"speechLanguage":"de-DE","speechRecognitionModelEndpointId":"m"`, func(r call.Recognize) bool {
			return r.EndSilence == 2*time.Second && reflect.DeepEqual(r.Languages, []string{"de-DE"}) && r.Model == "m"
		}},
		{"several languages", "speechOrDtmf", `,"speechLanguage":"en-US","speechLanguages":["de-DE","fr-FR"],"dtmfOptions":{"maxTonesToCollect":4}`, func(r call.Recognize) bool {
			return r.Input == call.SpeechOrTonesInput && len(r.Languages) == 2 && r.MaxTones == 4
		}},
		{"choices", "choices", `,"choices":[{"label":"Confirm","phrases":["Confirm","First"],"tone":"one"},{"label":"Cancel","phrases":["Cancel"]}]`, func(r call.Recognize) bool {
			return r.Input == call.ChoicesInput && reflect.DeepEqual(r.Choices, []call.Choice{{Label: "Confirm", Phrases: []string{"Confirm", "First"}, Tone: '1'}, {Label: "Cancel", Phrases: []string{"Cancel"}}})
		}},
	} {
		if r, err := read(test.kind, test.options); err != nil || !test.check(r) {
			t.Errorf("%s: %+v, %v", test.name, r, err)
		}
	}
	for _, test := range []struct{ name, kind, options, names string }{
		{"no choices", "choices", ``, "choices"},
		{"a preview's sentiments", "speech", `,"enableSentimentAnalysis":true`, "recognizeOptions.enableSentimentAnalysis is not offered"},
		{"a choice without a label", "choices", `,"choices":[{"phrases":["x"]}]`, "choices[0].label"},
		{"a label twice", "choices", `,"choices":[{"label":"a","phrases":["x"]},{"label":"a","phrases":["y"]}]`, "choices[1].label"},
		{"a choice that cannot be made", "choices", `,"choices":[{"label":"a"}]`, "choices[0]"},
		{"an empty phrase", "choices", `,"choices":[{"label":"a","phrases":[""]}]`, "choices[0].phrases"},
		{"a tone that is none", "choices", `,"choices":[{"label":"a","tone":"hash"}]`, "choices[0].tone:"},
		{"an end silence of a day", "speech", `,"speechOptions":{"endSilenceTimeoutInMs":86400000}`, "endSilenceTimeoutInMs"},
		{"a language that is none", "speech", `,"speechLanguage":"English, please"`, "speechLanguage"},
	} {
		if _, err := read(test.kind, test.options); err == nil || !strings.Contains(err.Error(), test.names) {
			t.Errorf("%s: got %v, want a refusal of %s", test.name, err, test.names)
		}
	}
}

// TestWhatWasRecognizedIsWritten: the members that the official SDKs read.
func TestWhatWasRecognizedIsWritten(t *testing.T) {
	sure := 0.9
	for _, test := range []struct {
		name  string
		event call.Event
		want  string // in data
		sub   int
	}{
		{"speech", call.RecognizeCompleted{Input: call.SpeechInput, By: call.SpeechRecognized, Said: call.Said{Text: "hello", Confidence: &sure}},
			`{"recognitionType":"speech","speechResult":{"speech":"hello","confidence":0.9}}`, 8569},
		{"speech without confidence", call.RecognizeCompleted{Input: call.SpeechInput, By: call.SpeechRecognized, Said: call.Said{Text: "hello"}},
			`{"recognitionType":"speech","speechResult":{"speech":"hello"}}`, 8569},
		{"speech in one of several languages", call.RecognizeCompleted{Input: call.SpeechInput, By: call.SpeechRecognized, Said: call.Said{Text: "hallo", Language: "de-DE"}},
			`{"recognitionType":"speech","speechResult":{"speech":"hallo","languageIdentified":"de-DE"}}`, 8569},
		{"a choice by phrase", call.RecognizeCompleted{Input: call.ChoicesInput, By: call.ChoiceBySpeech, Said: call.Said{Label: "Confirm", Text: "yes"}},
			`{"recognitionType":"choices","choiceResult":{"label":"Confirm","recognizedPhrase":"yes"}}`, 8545},
		{"a choice by key", call.RecognizeCompleted{Input: call.ChoicesInput, By: call.ChoiceByTone, Said: call.Said{Label: "Confirm"}},
			`{"recognitionType":"choices","choiceResult":{"label":"Confirm"}}`, 8533},
		{"a wrong key", call.RecognizeFailed{By: call.WrongTone}, `null`, 8534},
		{"no choice", call.RecognizeFailed{By: call.NoSuchChoice}, `null`, 8547},
		{"no word", call.RecognizeFailed{By: call.NotUnderstood}, `null`, 8563},
		{"no service", call.RecognizeFailed{By: call.SpeechFailed, Cause: &speech.Error{Kind: speech.Unconfigured}}, `null`, 8567},
		{"a service that is down", call.RecognizeFailed{By: call.SpeechFailed, Cause: &speech.Error{Kind: speech.Unreachable}}, `null`, 8564},
		{"a service without quota", call.RecognizeFailed{By: call.SpeechFailed, Cause: &speech.Error{Kind: speech.Rejected, Status: 429}}, `null`, 8565},
		{"a recognizer that is broken", call.RecognizeFailed{By: call.SpeechFailed, Cause: errors.New("x")}, `null`, 8570},
	} {
		o, _ := describe(test.event)
		text, err := json.Marshal(o.own)
		if err != nil || string(text) != test.want && !(test.want == "null" && string(text) == "{}") || o.result.SubCode != test.sub {
			t.Errorf("%s: %s %d %v, want %s %d", test.name, text, o.result.SubCode, err, test.want, test.sub)
		}
	}
}
