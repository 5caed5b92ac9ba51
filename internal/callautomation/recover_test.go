package callautomation

import (
	"encoding/json"
	"log/slog"
	"slices"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// outbox remembers what was posted and held.
type outbox struct {
	posted []delivery.Message
	held   map[string][]byte
}

func (o *outbox) Post(messages ...delivery.Message) { o.posted = append(o.posted, messages...) }
func (o *outbox) Hold(key string, body []byte)      { o.held[key] = body }

// left are the promises of a process that was killed after these events.
func left(t *testing.T, events ...call.Event) []journal.Hold {
	t.Helper()
	before := &outbox{held: map[string][]byte{}}
	callbacks := NewCallbacks(before, slog.New(slog.DiscardHandler))
	for _, e := range events {
		callbacks.Publish(e)
	}
	for _, m := range before.posted {
		for _, key := range m.Release {
			delete(before.held, key)
		}
	}
	var holds []journal.Hold
	for key, body := range before.held {
		holds = append(holds, journal.Hold{Key: key, Body: body})
	}
	return holds
}

func TestRestartFailsWhatWasPromised(t *testing.T) {
	opened := testHead("2026-03-12")
	opened.Operation = call.Operation{ID: testConnection, Kind: call.AnswerOperation, Context: "origin"}
	accepted := func(kind call.OperationKind) call.Event {
		head := opened
		head.Operation = call.Operation{ID: "op", Kind: kind, Context: "operation", Who: phoneID("+15551230001")}
		return call.OperationAccepted{Head: head}
	}
	create := opened
	create.Operation.Kind = call.CreateOperation
	connect := opened
	connect.Operation.Kind = call.ConnectOperation
	calledOff := call.CancelAddParticipantSucceeded{Head: opened, Add: call.Operation{ID: "op"}}
	calledOff.Operation.ID = "cancel"
	up := []call.Event{call.ConnectionOpened{Head: opened}, call.CallConnected{Head: opened}}
	for _, test := range []struct {
		name   string
		events []call.Event
		want   []string
	}{
		{"a call that rings", []call.Event{call.ConnectionOpened{Head: create}}, []string{"CreateCallFailed", "CallDisconnected"}},
		{"an answer that is not confirmed", []call.Event{call.ConnectionOpened{Head: opened}}, []string{"AnswerFailed", "CallDisconnected"}},
		{"a connect", []call.Event{call.ConnectionOpened{Head: connect}}, []string{"CallDisconnected"}},
		{"a call that is up", up, []string{"CallDisconnected"}},
		{"a call that is over", append(slices.Clone(up), call.CallDisconnected{Head: opened}), nil},
		{"a play", append(slices.Clone(up), accepted(call.PlayOperation)), []string{"PlayFailed", "CallDisconnected"}},
		{"a recognition", append(slices.Clone(up), accepted(call.RecognizeOperation)), []string{"RecognizeFailed", "CallDisconnected"}},
		{"tones", append(slices.Clone(up), accepted(call.SendTonesOperation)), []string{"SendDtmfTonesFailed", "CallDisconnected"}},
		{"an add", append(slices.Clone(up), accepted(call.AddOperation)), []string{"AddParticipantFailed", "CallDisconnected"}},
		{"an add that was called off", append(slices.Clone(up), accepted(call.AddOperation), calledOff), []string{"CallDisconnected"}},
		{"a cancelled add", append(slices.Clone(up), accepted(call.CancelAddOperation)), []string{"CancelAddParticipantFailed", "CallDisconnected"}},
		{"a removal", append(slices.Clone(up), accepted(call.RemoveOperation)), []string{"RemoveParticipantFailed", "CallDisconnected"}},
		{"a transfer", append(slices.Clone(up), accepted(call.TransferOperation)), []string{"CallTransferFailed", "CallDisconnected"}},
		{"a move", append(slices.Clone(up), accepted(call.MoveOperation)), []string{"MoveParticipantFailed", "CallDisconnected"}},
		{"a continuous recognition", append(slices.Clone(up), accepted(call.TonesOperation)),
			[]string{"ContinuousDtmfRecognitionToneFailed", "ContinuousDtmfRecognitionStopped", "CallDisconnected"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			after := &outbox{held: map[string][]byte{}}
			NewCallbacks(after, slog.New(slog.DiscardHandler)).Recover(left(t, test.events...))
			var got []string
			for _, m := range after.posted {
				var events []struct {
					Data struct{ ResultInformation resultInformation }
				}
				if err := json.Unmarshal(m.Body, &events); err != nil {
					t.Fatal(err)
				}
				if r := events[0].Data.ResultInformation; r.Code != 500 && m.Note != "ContinuousDtmfRecognitionStopped" && m.Note != "CancelAddParticipantFailed" {
					t.Errorf("%s has the result %+v", m.Note, r)
				}
				got = append(got, m.Note)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("the application hears %q, want %q", got, test.want)
			}
		})
	}
}
