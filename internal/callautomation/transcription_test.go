package callautomation

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
)

// TestTranscriptionOptionsOfSDKsAreTaken: what SDKs send, and what is refused by name.
func TestTranscriptionOptionsOfSDKsAreTaken(t *testing.T) {
	for _, test := range []struct {
		name, options string
		want          *call.Transcription
		names         string // what a refusal names
	}{
		{"none", `null`, nil, ""},
		{"the SDK's", `{"transportType":"websocket","transportUrl":"wss://app.example/t","locale":"en-US","startTranscription":true,"enableIntermediateResults":true,"speechModelEndpointId":"m"}`,
			&call.Transcription{URL: "wss://app.example/t", Locale: "en-US", Model: "m", Intermediate: true, AtOnce: true}, ""},
		{"a preview's", `{"transportUrl":"wss://app.example/t","locales":["de-DE","en-US"],"piiRedactionOptions":{"enable":false}}`, &call.Transcription{URL: "wss://app.example/t", Locale: "de-DE", Locales: []string{"de-DE", "en-US"}}, ""},
		{"nothing yet", `{"transportType":"websocket"}`, &call.Transcription{}, ""},
		{"no address to start with", `{"locale":"en-US","startTranscription":true}`, nil, "transportUrl"},
		{"no locale to start with", `{"transportUrl":"wss://a","startTranscription":true}`, nil, "locale"},
		{"a locale without a region", `{"transportUrl":"wss://a","locale":"en"}`, nil, "locale"},
		{"one of several locales without a region", `{"transportUrl":"wss://a","locales":["en-US","de"]}`, nil, "locales"},
		{"a dozen of locales", `{"transportUrl":"wss://a","locales":["en-US","en-US","en-US","en-US","en-US","en-US","en-US","en-US","en-US","en-US","en-US","en-US"]}`, nil, "locales"},
		{"redaction", `{"transportUrl":"wss://a","locale":"en-US","piiRedactionOptions":{"enable":true}}`, nil, "piiRedactionOptions"},
		{"sentiments", `{"transportUrl":"wss://a","locale":"en-US","enableSentimentAnalysis":true}`, nil, "enableSentimentAnalysis"},
		{"a summary", `{"transportUrl":"wss://a","locale":"en-US","summarizationOptions":{"enableEndCallSummary":true}}`, nil, "summarizationOptions"},
	} {
		request, err := decode[createCallRequest](t, `{"transcriptionOptions":`+test.options+`}`)
		if err != nil {
			t.Fatal(err)
		}
		got, err := request.Transcription.transcription()
		if test.names != "" {
			if err == nil || !strings.Contains(err.Error(), "transcriptionOptions."+test.names) {
				t.Errorf("%s: got %v, want a refusal of %s", test.name, err, test.names)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %+v, %v; want %+v", test.name, got, err, test.want)
		}
	}
}

// TestTranscriptionRequestsOfPreviews: their languages are taken, and what no provider
// serves is refused by name, also where transcription starts or changes later.
func TestTranscriptionRequestsOfPreviews(t *testing.T) {
	for body, want := range map[string][]string{
		`{}`:                 nil,
		`{"locale":"de-DE"}`: {"de-DE"},
		`{"locales":["de-DE","en-US"],"piiRedactionOptions":{"enable":false},"summarizationOptions":{"locale":"en-US"}}`: {"de-DE", "en-US"},
	} {
		request, err := decode[transcriptionRequest](t, body)
		if got := request.languages(); err != nil || request.check("") != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", body, got, err)
		}
	}
	for _, member := range []string{"speechModelEndpointId", "speechRecognitionModelEndpointId"} { // the latter is of 2024-11-15-preview
		if request, err := decode[transcriptionRequest](t, `{"`+member+`":"m"}`); err != nil || request.model() != "m" {
			t.Errorf("%s: %q, %v", member, request.model(), err)
		}
	}
	for body, names := range map[string]string{
		`{"piiRedactionOptions":{"enable":true,"redactionType":"MaskWithCharacter"}}`:     "piiRedactionOptions is not offered: no provider",
		`{"enableSentimentAnalysis":true}`:                                                "enableSentimentAnalysis is not offered: no provider",
		`{"summarizationOptions":{"enableEndCallSummary":true,"locale":"en-US"}}`:         "summarizationOptions is not offered: no provider",
		`{"locale":"en-US","piiRedactionOptions":{"enable":true},"operationContext":"x"}`: "piiRedactionOptions",
	} {
		request, err := decode[transcriptionRequest](t, body)
		if err != nil {
			t.Fatal(err)
		}
		if err := request.check(""); err == nil || !strings.Contains(err.Error(), names) {
			t.Errorf("%s: %v", body, err)
		}
	}
}
