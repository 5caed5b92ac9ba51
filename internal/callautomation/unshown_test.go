package callautomation

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
)

// TestFieldsThatNoSampleShows: what the schemas have and no sample uses reaches the
// call, and the answer to getCall.
func TestFieldsThatNoSampleShows(t *testing.T) {
	body := `{"playSources":[{"text":{"text":"hello","customVoiceEndpointId":"voice-1"}},{"ssml":{"ssmlText":"<speak/>","customVoiceEndpointId":"voice-2"}}]}`
	request, err := decode[playRequest](t, body)
	if err != nil {
		t.Fatal(err)
	}
	play, err := request.play()
	if err != nil || play.Prompts[0].(call.Text).CustomVoice != "voice-1" || play.Prompts[1].(call.SSML).CustomVoice != "voice-2" {
		t.Errorf("%+v, %v", play, err)
	}

	created, err := decode[createCallRequest](t, `{"targets":[{"rawId":"4:+15551230001"}],"sourceCallerIdNumber":{"value":"+15550100001"},"callbackUri":"https://app.example/cb",
		"callIntelligenceOptions":{"cognitiveServicesEndpoint":"https://cog.example","backupCognitiveServicesEndpoint":"https://other.example"}}`)
	if err != nil {
		t.Fatal(err)
	}
	if create, err := created.create("2026-03-12"); err != nil || create.Control.SpeechEndpoint != "https://cog.example" || create.Control.SpeechBackup != "https://other.example" {
		t.Errorf("%+v, %v", create, err)
	}
}

// TestGetCallTellsOfTheNumberThatWasCalled, in the versions that have it.
func TestGetCallTellsOfTheNumberThatWasCalled(t *testing.T) {
	for v, want := range map[version]bool{"2023-03-06": false, "2024-04-15": false, "2024-06-15-preview": true, "2026-03-12": true} {
		got, err := json.Marshal(&connectionModel{call.Properties{AnsweredFor: phoneID("+15551230001")}, "connected", v})
		if err != nil || strings.Contains(string(got), `"answeredFor":{"value":"+15551230001"}`) != want {
			t.Errorf("%s: %s, %v", v, got, err)
		}
	}
}

// TestGetCallTellsOfStreamAndTranscription, both that go on and that do not.
func TestGetCallTellsOfStreamAndTranscription(t *testing.T) {
	for name, test := range map[string]struct {
		p    call.Properties
		want string
	}{
		"neither": {call.Properties{}, ""},
		"going on": {
			call.Properties{Streaming: &call.StreamState{ID: "s", Active: true}, Transcription: &call.TranscriptionState{ID: "t", Active: true, Locale: "de-DE", Intermediate: true}},
			`,"mediaStreamingSubscription":{"id":"s","state":"active","subscribedContentTypes":["audio"]},` +
				`"transcriptionSubscription":{"id":"t","state":"active","subscribedResultTypes":["final","intermediate"],"locale":"de-DE"}`,
		},
		"set up": {
			call.Properties{Streaming: &call.StreamState{ID: "s"}, Transcription: &call.TranscriptionState{ID: "t", Locale: "en-US"}},
			`,"mediaStreamingSubscription":{"id":"s","state":"inactive","subscribedContentTypes":["audio"]},` +
				`"transcriptionSubscription":{"id":"t","state":"inactive","subscribedResultTypes":["final"],"locale":"en-US"}`,
		},
	} {
		got, err := json.Marshal(&connectionModel{test.p, "connected", "2026-03-12"})
		if err != nil || !strings.HasSuffix(string(got), test.want+"}") || test.want == "" && strings.Contains(string(got), "Subscription") {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}
