package provider

import (
	"errors"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/speech/speechtest"
)

// TestRealtimeSessionsOfTheBeta: which compatible servers speak.
func TestRealtimeSessionsOfTheBeta(t *testing.T) {
	service := speechtest.Start(t, "openai", speechtest.Fault{})
	o := NewOpenAI(OpenAIConfig{Name: "openai", URL: service.URL().JoinPath("v1"), Key: "hush", STTModel: "whisper", Streaming: true, Beta: true, Client: NewClient()})
	text, err := o.Listen(t.Context(), english)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	say(text, 0, "bravo", "echo")
	if finals, _ := understood(t, text); textOf(finals) != "bravo echo" {
		t.Errorf("understood %q", textOf(finals))
	}
	if seen := service.Seen()[0]; seen.URL.Query().Get("model") != "whisper" || seen.URL.Query().Get("intent") != "transcription" {
		t.Errorf("asked for %s", seen.URL)
	}
}

// TestItemsAreToldInTheirOrder: the service may finish a later one first.
func TestItemsAreToldInTheirOrder(t *testing.T) {
	p := &realtimeProtocol{l: english, committed: []span{{time.Second, time.Second}, {5 * time.Second, time.Second}}, texts: make(map[string]*item)}
	const done = `{"type":"conversation.item.input_audio_transcription.completed","item_id":`
	for _, test := range []struct {
		message string
		want    []string
	}{
		{`{"type":"input_audio_buffer.committed","item_id":"a"}`, nil},
		{`{"type":"input_audio_buffer.committed","item_id":"b"}`, nil},
		{`{"type":"conversation.item.input_audio_transcription.delta","item_id":"b","delta":"sec"}`, nil},
		{done + `"b","transcript":"second"}`, nil},
		{`{"type":"conversation.item.input_audio_transcription.delta","item_id":"a","delta":"fir"}`, []string{"fir"}},
		{done + `"stranger","transcript":"third"}`, nil},
		{done + `"a","transcript":"first "}`, []string{"first", "second"}},
	} {
		list, err := p.take(nil, ws.OpText, []byte(test.message))
		if err != nil || len(list) != len(test.want) {
			t.Fatalf("%s: %+v, %v", test.message, list, err)
		}
		for i, r := range list {
			if r.Text != test.want[i] || r.Final != r.Last {
				t.Errorf("%s: %+v, want %s", test.message, r, test.want[i])
			}
		}
	}
	if len(p.texts) != 0 || len(p.items) != 0 {
		t.Errorf("%d items are left", len(p.texts))
	}
}

// TestComplaintsOfRealtimeSessionsHaveAKind: by which an application learns why.
func TestComplaintsOfRealtimeSessionsHaveAKind(t *testing.T) {
	for message, want := range map[string]int{
		`{"type":"error","error":{"type":"invalid_request_error","code":"invalid_api_key","message":"m"}}`: 401,
		`{"type":"error","error":{"type":"rate_limit_exceeded","message":"m"}}`:                            429,
		`{"type":"error","error":{"type":"insufficient_quota","message":"m"}}`:                             429,
		`{"type":"error","error":{"type":"invalid_request_error","code":"invalid_value","message":"m"}}`:   400,
		`{"type":"error","error":{"type":"server_error","message":"m"}}`:                                   0,
	} {
		_, err := (&realtimeProtocol{}).take(nil, ws.OpText, []byte(message))
		var failure *speech.Error
		if !errors.As(err, &failure) || failure.Status != want || (failure.Kind == speech.Rejected) != (want != 0) {
			t.Errorf("%s: %v", message, err)
		}
	}
}
