package callautomation

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
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
		got, err := json.Marshal(&connectionModel{call.Properties{AnsweredFor: phoneID("+15551230001")}, false, v})
		if err != nil || strings.Contains(string(got), `"answeredFor":{"value":"+15551230001"}`) != want {
			t.Errorf("%s: %s, %v", v, got, err)
		}
	}
}

// TestGetCallTellsOfStreamAndTranscription, both that go on and that do not, or were not
// set up: those are disabled, in the versions that say so.
func TestGetCallTellsOfStreamAndTranscription(t *testing.T) {
	for name, test := range map[string]struct {
		fresh   bool
		version version
		p       call.Properties
		want    string
	}{
		"neither, to an old version": {false, "2024-04-15", call.Properties{}, ""},
		"neither": {false, "2024-06-15-preview", call.Properties{StreamID: "s"},
			`,"mediaStreamingSubscription":{"state":"disabled"},"transcriptionSubscription":{"state":"disabled","subscribedResultTypes":[]}`},
		"neither, to the request that makes it": {true, "2026-03-12", call.Properties{StreamID: "s"},
			`,"mediaStreamingSubscription":{"id":"s","state":"disabled","subscribedContentTypes":["audio"]}`},
		"going on": {
			false, "2026-03-12", call.Properties{Streaming: &call.StreamState{ID: "s", Active: true}, Transcription: &call.TranscriptionState{ID: "t", Active: true, Locale: "de-DE", Intermediate: true}},
			`,"mediaStreamingSubscription":{"id":"s","state":"active","subscribedContentTypes":["audio"]},` +
				`"transcriptionSubscription":{"id":"t","state":"active","subscribedResultTypes":["final","intermediate"],"locale":"de-DE"}`,
		},
		"set up": {
			true, "2026-03-12", call.Properties{Streaming: &call.StreamState{ID: "s"}, Transcription: &call.TranscriptionState{ID: "t", Locale: "en-US"}},
			`,"mediaStreamingSubscription":{"id":"s","state":"inactive","subscribedContentTypes":["audio"]},` +
				`"transcriptionSubscription":{"id":"t","state":"inactive","subscribedResultTypes":["final"],"locale":"en-US"}`,
		},
	} {
		got, err := json.Marshal(&connectionModel{test.p, test.fresh, test.version})
		if err != nil || !strings.HasSuffix(string(got), test.want+"}") || test.want == "" && strings.Contains(string(got), "Subscription") {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

// TestStateOfAConnectionThatWasJustMade: as the service was recorded since 2024, with a
// serverCallId where a call was answered, and with a display name where one was made.
func TestStateOfAConnectionThatWasJustMade(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/calling/callConnections:answer?api-version=2026-03-12", nil)
	answered, created := call.Properties{ServerCallID: "s"}, call.Properties{ServerCallID: "s", Created: true}
	for name, test := range map[string]struct {
		got       *connectionModel
		has, lack string
	}{
		"answered":           {madeConnection(r, answered), `"serverCallId":"s","targets":[],"callConnectionState":"connecting"`, "sourceDisplayName"},
		"created":            {madeConnection(r, created), `"callConnectionState":"connecting","callbackUri":"","sourceDisplayName":""`, "serverCallId"},
		"created, and taken": {connectionNow(r, call.Properties{ServerCallID: "s", Created: true, State: call.Connected}), `"callConnectionState":"connected","callbackUri":"","sourceDisplayName":""`, "connecting"},
	} {
		got, err := json.Marshal(test.got)
		if err != nil || !strings.Contains(string(got), test.has) || strings.Contains(string(got), test.lack) {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}
