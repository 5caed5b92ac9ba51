package callautomation

import (
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/mixer"
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

// TestTranscriptionNamesItsSubscription to the previews that were recorded so, where it is
// started and stopped; others get no body.
func TestTranscriptionNamesItsSubscription(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := mixer.New(mixer.Config{GoClock: true}, slog.New(slog.DiscardHandler))
		defer synctest.Wait()
		defer engine.Close()
		a := newApplication(t, engine)
		other := identifier.NewUser(applicationsResource).Raw()
		made := a.send("callConnections", `"targets":[{"communicationUser":{"id":"`+other+`"}}],
			"transcriptionOptions":{"transportType":"websocket","transportUrl":"wss://app.test/t","locale":"en-US"}`, "", "")
		ringing := <-a.announcer.Calls
		a.send("callConnections:answer", `"incomingCallContext":"`+ringing.Context+`"`, "CallConnected ParticipantsUpdated", "CallConnected ParticipantsUpdated")
		connection, subscription := "callConnections/"+made.CallConnectionID, made.TranscriptionSubscription.ID
		for version, want := range map[string]string{"2025-08-15-preview": subscription, "2024-09-01-preview": "", "2026-03-12": ""} {
			a.version = version
			for _, step := range [][2]string{{":startTranscription", ""}, {":stopTranscription", "TranscriptionStopped"}} {
				got := a.send(connection+step[0], `"operationContext":"o"`, "", step[1])
				if got.SubscriptionID != want || want != "" && got.OperationContext != "o" {
					t.Errorf("%s of %s: %+v, want the subscription %q", step[0], version, got, want)
				}
			}
		}
		if err := a.calls.Stop(canceled(), t.Context()); err != nil || subscription == "" {
			t.Errorf("subscription %q, %v", subscription, err)
		}
	})
}
