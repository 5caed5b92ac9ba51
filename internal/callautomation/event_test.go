package callautomation

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/golden"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/player"
	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/streaming"
)

const (
	testResource   = "11111111-2222-4333-8444-555555555555"
	testConnection = "02001680-29fe-4425-9c01-7107b7e37ba5"
)

func testHead(version string) call.Head {
	return call.Head{
		Connection: testConnection, ServerCallID: "c2VydmVyQ2FsbElk", CorrelationID: "5d169a62-eaa9-4cd1-9397-f77a623bd983",
		Control:   call.Control{CallbackURI: "http://app.test/callback", Version: version},
		Operation: call.Operation{ID: "op", Context: "my-context"},
		At:        time.Date(2026, 11, 20, 13, 0, 0, 415911000, time.UTC),
	}
}

// samples has one of each event, filled as it could happen.
func samples(version string) []call.Event {
	h := testHead(version)
	noContext := h
	noContext.Operation = call.Operation{}
	recorded := h
	recorded.Operation = call.Operation{ID: "op", Recording: "eyJQbGF0Zm9ybUVuZHBvaW50SWQiOiJ4In0", Began: time.Date(2026, 11, 20, 12, 59, 59, 341375900, time.UTC)}
	refused := call.Reason{Kind: call.Busy, Text: "Busy Here", Phone: true, SIP: call.Status{Code: 486, Phrase: "Busy Here"}, Q850: call.Cause{Value: 17, Text: "User busy"}}
	roster := []call.Participant{{ID: identifier.User(testResource, "0000000a-1111-4222-8333-444444444444")}, {ID: phoneID("+15551230001")}}
	return []call.Event{
		call.CallConnected{Head: h}, call.CreateCallFailed{Head: h, Reason: refused},
		call.AnswerFailed{Head: h, Reason: call.Reason{Kind: call.Vanished, Text: "The caller did not confirm the answer"}},
		call.CallDisconnected{Head: noContext, Reason: call.Reason{Kind: call.EndedByApplication}},
		call.ParticipantsUpdated{Head: noContext, Participants: roster, Sequence: 1},
		call.PlayStarted{Head: h}, call.PlayCompleted{Head: h},
		call.PlayFailed{Head: h, Source: 1, Cause: fmt.Errorf("%w: not RIFF", player.ErrFormat)}, call.PlayCanceled{Head: h},
		call.RecognizeCompleted{Head: h, Tones: []call.Tone("123#"), By: call.MaxTonesCollected},
		call.RecognizeFailed{Head: h, By: call.InitialSilence}, call.RecognizeCanceled{Head: h},
		call.SendTonesCompleted{Head: h}, call.SendTonesFailed{Head: h, Canceled: true},
		call.AddParticipantSucceeded{Head: h, Who: roster[0].ID}, call.AddParticipantFailed{Head: h, Who: roster[1].ID, Reason: refused},
		call.CancelAddParticipantSucceeded{Head: h, InvitationID: "8737c343-1111-4222-8333-444444444444", Who: roster[0].ID},
		call.CancelAddParticipantFailed{Head: h, InvitationID: "8737c343-1111-4222-8333-444444444444"},
		call.RemoveParticipantSucceeded{Head: h, Who: roster[0].ID}, call.RemoveParticipantFailed{Head: h, Who: roster[0].ID, Reason: call.Reason{Kind: call.Canceled, Text: "the application left the call"}},
		call.CallTransferAccepted{Head: h, Target: roster[1].ID, Transferee: roster[0].ID}, call.CallTransferFailed{Head: h, Reason: refused},
		call.MoveParticipantSucceeded{Head: h, Who: roster[1].ID, From: "02001680-0000-4000-8000-000000000000"},
		call.MoveParticipantFailed{Head: h, Who: roster[1].ID, From: "02001680-0000-4000-8000-000000000000", Reason: call.Reason{Kind: call.NotFound, Text: "the participant is not there"}},
		call.ToneReceived{Head: h, Tone: '5', Sequence: 1}, call.TonesStopped{Head: noContext},
		call.HoldFailed{Head: h, Cause: fmt.Errorf("%w: gone", player.ErrDownload)},
		call.ConnectFailed{Head: h, Reason: call.Reason{Kind: call.NoSuchCall, Text: "Call not found"}},
		call.TonesFailed{Head: h, Reason: call.Reason{Kind: call.ServerStopped, Text: "The server was restarted while the call went on"}},
		call.MediaStreamingStarted{Head: h}, call.MediaStreamingStopped{Head: h},
		call.MediaStreamingFailed{Head: h, Cause: &streaming.StatusError{Status: 403}},
		call.TranscriptionStarted{Head: h}, call.TranscriptionUpdated{Head: h}, call.TranscriptionStopped{Head: h},
		call.TranscriptionFailed{Head: h, Cause: &speech.Error{Kind: speech.Rejected, Provider: "azure", Status: 401, Detail: "it answered 401"}},
		call.HoldAudioStarted{Head: h}, call.HoldAudioPaused{Head: h}, call.HoldAudioResumed{Head: h}, call.HoldAudioCompleted{Head: h},
		call.RecordingStateChanged{Head: recorded, Phase: call.RecordingActive},
		call.StartRecordingFailed{Head: recorded, Cause: errors.New("no space left on device")},
	}
}

func phoneID(number string) identifier.ID {
	id, err := identifier.Phone(number)
	if err != nil {
		panic(err)
	}
	return id
}

// TestEventsAreGolden asks for the wire form of every event in four versions.
func TestEventsAreGolden(t *testing.T) {
	for _, version := range []string{"2023-03-06", "2024-04-15", "2025-06-15", "2026-03-12"} {
		events := samples(version)
		if len(events) != len(call.Events) {
			t.Fatalf("%d samples of %d events", len(events), len(call.Events))
		}
		for i, e := range events {
			if got, want := fmt.Sprintf("%T", e), fmt.Sprintf("%T", call.Events[i]); got != want {
				t.Fatalf("sample %d is %s, want %s", i, got, want)
			}
			if o, _ := describe(e); knows(version, o) {
				isGolden(t, e, version)
			}
		}
	}
	for _, e := range samples("2024-09-01-preview") {
		if o, _ := describe(e); eventVersions[o.name].preview {
			isGolden(t, e, "2024-09-01-preview")
		}
	}
}

// isGolden holds an event, as a version has it, to its file.
func isGolden(t *testing.T, e call.Event, version string) {
	t.Helper()
	o, ok := describe(e)
	if !ok {
		t.Fatalf("%T has no form on the wire", e)
	}
	text, err := body("00000000-0000-4000-8000-000000000001", o, e.Header())
	if err != nil {
		t.Fatal(err)
	}
	golden.CompareJSON(t, filepath.Join("testdata", version, o.name+".json"), text)
}

func TestHoldIsUnknownToOldVersions(t *testing.T) {
	for version, want := range map[string]bool{"2024-04-15": false, "2024-06-15-preview": true, "2026-03-12": true} {
		text, _ := json.Marshal(rosterMembers(call.ParticipantsUpdated{Head: testHead(version), Participants: []call.Participant{{ID: phoneID("+1555")}}}))
		if got := strings.Contains(string(text), "isOnHold"); got != want {
			t.Errorf("%s: isOnHold present is %t", version, got)
		}
	}
}

func knows(api string, o occurrence) bool { return version(api).knows(o.name) }

// TestOldVersionsAreToldWhatTheyKnow asks of events by version: whether they are
// sent, and whether they say what came of it.
func TestOldVersionsAreToldWhatTheyKnow(t *testing.T) {
	for _, test := range []struct {
		version, event string
		sent, result   bool
	}{
		{"2023-03-06", "PlayFailed", true, true},
		{"2023-03-06", "RecognizeFailed", true, true},
		{"2023-03-06", "AddParticipantFailed", true, true},
		{"2023-03-06", "PlayCanceled", true, false},
		{"2023-03-06", "CallConnected", true, false},
		{"2023-10-03-preview", "SendDtmfTonesCompleted", true, false},
		{"2024-04-15", "CancelAddParticipantFailed", true, true},
		{"2024-04-15", "SendDtmfTonesFailed", true, true},
		{"2024-04-15", "CancelAddParticipantSucceeded", true, false},
		{"2024-04-15", "ParticipantsUpdated", true, false},
		{"2024-04-15", "PlayStarted", false, false},
		{"2024-04-15", "CreateCallFailed", false, false},
		{"2024-04-15", "AnswerFailed", false, false},
		{"2024-06-15-preview", "PlayStarted", true, true},
		{"2024-06-15-preview", "CreateCallFailed", true, true},
		{"2024-06-15-preview", "AnswerFailed", true, true},
		{"2024-06-15-preview", "ConnectFailed", true, true},
		{"2024-06-15-preview", "HoldFailed", true, true},
		{"2024-06-15-preview", "MediaStreamingFailed", true, true},
		{"2024-06-15-preview", "TranscriptionFailed", true, true},
		{"2024-06-15-preview", "MoveParticipantFailed", true, true},
		{"2024-06-15-preview", "CallConnected", true, false},
		{"2024-06-15-preview", "CancelAddParticipantSucceeded", true, false},
		{"2024-09-01-preview", "PlayStarted", true, true},
		{"2024-09-15", "HoldAudioStarted", false, true},
		{"2026-03-12", "RecognizeCanceled", true, true},
	} {
		v := version(test.version)
		if v.knows(test.event) != test.sent || v.hasResult(test.event) != test.result {
			t.Errorf("%s, %s: sent %t, with a result %t", test.version, test.event, v.knows(test.event), v.hasResult(test.event))
		}
	}
	for name := range eventVersions {
		if !isEvent(name) {
			t.Errorf("the table has %s, which is no event", name)
		}
	}
}

// TestFailuresSayWhy: from 2024-06-15-preview on every failure has its result, which
// .NET's parsers of several read without asking for null.
func TestFailuresSayWhy(t *testing.T) {
	for _, v := range []version{"2024-06-15-preview", "2024-06-15", "2024-09-01-preview", "2025-06-15", "2026-03-12"} {
		for _, e := range samples(string(v)) {
			o, _ := describe(e)
			text, err := body("1", o, e.Header())
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(o.name, "Failed") && v.knows(o.name) && !strings.Contains(string(text), `"resultInformation":{"code":`) {
				t.Errorf("%s of %s has no result: %s", o.name, v, text)
			}
		}
	}
}

func isEvent(name string) bool {
	for _, e := range samples("2026-03-12") {
		if o, _ := describe(e); o.name == name {
			return true
		}
	}
	return false
}
