package callautomation

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// recordedMembers is the order of data's members in every event that was recorded of the
// service, by names of events and by versions, before those that all end with.
var recordedMembers = []struct{ events, versions, members string }{
	{"CallConnected CallDisconnected", "2023-10-03-preview", "eventSource version"},
	{"CallConnected CallDisconnected", "2024-04-15 2024-06-15-preview", "version"},
	{"CallConnected CallDisconnected", "2024-09-01-preview 2025-05-15 2025-06-15", "version resultInformation"},
	{"CallConnected CallDisconnected", "2026-03-12", "resultInformation version"},
	{"ParticipantsUpdated", "2023-10-03-preview", "eventSource participants sequenceNumber version"},
	{"ParticipantsUpdated", "2024-04-15 2024-06-15-preview", "participants sequenceNumber version"},
	{"ParticipantsUpdated", "2024-09-01-preview 2025-05-15 2025-06-15 2026-03-12", "participants sequenceNumber resultInformation version"},
	{"CancelAddParticipantSucceeded", "2024-06-15-preview", "invitationId version"},
	{"CancelAddParticipantSucceeded", "2024-09-01-preview 2025-06-15", "invitationId version resultInformation"},
	{"ContinuousDtmfRecognitionStopped SendDtmfTonesCompleted", "2023-10-03-preview", "eventSource version"},
	{"ContinuousDtmfRecognitionStopped SendDtmfTonesCompleted", "2025-06-15", "version resultInformation"},
	{"PlayStarted PlayCompleted", "2024-09-01-preview 2025-06-15", "version resultInformation"},
	{"PlayStarted", "2025-05-15", "version resultInformation"},
	{"PlayCanceled", "2024-09-01-preview", "version resultInformation"},
	{"PlayFailed", "2025-05-15 2026-03-12", "failedPlaySourceIndex version resultInformation"},
	{"HoldAudioStarted HoldAudioPaused HoldAudioResumed HoldAudioCompleted", "2024-09-01-preview", "resultInformation version"},
	{"MediaStreamingStarted MediaStreamingStopped", "2025-06-15", "mediaStreamingUpdate version resultInformation"},
	{"TranscriptionStarted TranscriptionStopped", "2025-06-15 2026-03-12", "transcriptionUpdate version resultInformation"},
	{"TranscriptionUpdated", "2026-03-12", "transcriptionUpdate version resultInformation"},
	{"RecordingStateChanged", "2024-09-01-preview", "eventSource recordingId state startDateTime recordingKind resultInformation version"},
	{"RecognizeFailed", "2024-09-01-preview 2025-06-15", "version resultInformation"},
	{"RemoveParticipantSucceeded", "2024-09-01-preview 2025-06-15", "participant version resultInformation"},
	{"RecordingStateChanged", "2025-05-15", "recordingId state startDateTime recordingKind resultInformation version"},
}

// recordedContexts is what stands before operationContext in data, in events that were
// recorded with one.
var recordedContexts = []struct{ events, versions, before string }{
	{"CallConnected", "2024-06-15-preview", ""},
	{"CallConnected", "2023-10-03-preview", "eventSource"},
	{"PlayStarted PlayCanceled", "2024-06-15-preview", ""},
	{"RemoveParticipantSucceeded", "2023-10-03-preview", "eventSource"},
	{"HoldAudioStarted HoldAudioPaused", "2024-09-01-preview", ""},
	{"PlayStarted PlayCompleted RecognizeFailed", "2024-09-01-preview 2025-06-15", "version"},
	{"PlayFailed", "2024-09-01-preview", "failedPlaySourceIndex version"},
	{"RemoveParticipantSucceeded", "2024-09-01-preview 2025-06-15", "participant version"},
	{"MediaStreamingStarted MediaStreamingStopped", "2024-09-01-preview", "mediaStreamingUpdate version"},
	{"TranscriptionStarted TranscriptionUpdated TranscriptionStopped", "2024-09-01-preview 2025-06-15", "transcriptionUpdate version"},
}

func TestContextStandsAsRecorded(t *testing.T) {
	for _, row := range recordedContexts {
		for _, version := range strings.Fields(row.versions) {
			written := membersOf(t, version, true)
			for _, name := range strings.Fields(row.events) {
				before, _, found := strings.Cut(" "+written[name], " operationContext")
				if got := strings.TrimSpace(before); !found || got != row.before {
					t.Errorf("%s of %s has %q before operationContext, want %q", name, version, got, row.before)
				}
			}
		}
	}
}

// TestMembersStandAsRecorded compares the order of data's members with what the
// real service sent.
func TestMembersStandAsRecorded(t *testing.T) {
	for _, row := range recordedMembers {
		for _, version := range strings.Fields(row.versions) {
			written := membersOf(t, version, false)
			for _, name := range strings.Fields(row.events) {
				if got, want := written[name], row.members+" callConnectionId serverCallId correlationId publicEventType"; got != want {
					t.Errorf("%s of %s has %s, want %s", name, version, got, want)
				}
			}
		}
	}
}

// membersOf lists the members of data in the sample of each event, operationContext only
// if it is asked for.
func membersOf(t *testing.T, version string, context bool) map[string]string {
	t.Helper()
	written := map[string]string{}
	for _, e := range samples(version) {
		o, _ := describe(e)
		text, err := o.appendData(nil, e.Header(), []string{"s"})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		members := json.NewDecoder(bytes.NewReader(text))
		for _, _ = members.Token(); members.More(); { // {
			name, _ := members.Token()
			if context || name != "operationContext" {
				names = append(names, name.(string))
			}
			var value json.RawMessage
			if err := members.Decode(&value); err != nil {
				t.Fatal(err)
			}
		}
		written[o.name] = strings.Join(names, " ")
	}
	return written
}
