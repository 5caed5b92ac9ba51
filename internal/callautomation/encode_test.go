package callautomation

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
)

// resultByReflection is resultInformation as encoding/json sees it.
type resultByReflection resultInformation

func TestAppendedResultsAreThoseOfTheStandardLibrary(t *testing.T) {
	for _, r := range []resultInformation{{}, succeeded, actionCanceled, {Code: 486, SubCode: 560486, Message: `"Busy" <here> é`, SIP: &diagnostic{486, "Busy\tHere"}, Q850: &diagnostic{17, ""}}} {
		want, err := json.Marshal(resultByReflection(r))
		if got := r.append(nil); err != nil || string(got) != string(want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// BenchmarkCallback encodes the three events of an ordinary call.
func BenchmarkCallback(b *testing.B) {
	b.ReportAllocs()
	var events []call.Event
	for _, e := range samples("2026-03-12") {
		switch e.(type) {
		case call.CallConnected, call.ParticipantsUpdated, call.CallDisconnected:
			events = append(events, e)
		}
	}
	c := NewCallbacks(nowhere{}, nil)
	for b.Loop() {
		for _, e := range events {
			c.Publish(e)
		}
	}
}

// nowhere takes messages and forgets them.
type nowhere struct{}

func (nowhere) Post(...delivery.Message) {}
func (nowhere) Hold(string, []byte)      {}

// connectionByReflection has the members of a description of a connection.
type connectionByReflection struct {
	ID            string            `json:"callConnectionId"`
	ServerCallID  string            `json:"serverCallId,omitempty"`
	Targets       []rest.Identifier `json:"targets"`
	State         string            `json:"callConnectionState"`
	CallbackURI   string            `json:"callbackUri"`
	CallerID      rest.Phone        `json:"sourceCallerIdNumber,omitzero"`
	DisplayName   string            `json:"sourceDisplayName"`
	Source        rest.Identifier   `json:"source"`
	CorrelationID string            `json:"correlationId"`
	AnsweredBy    rest.User         `json:"answeredBy,omitzero"`
}

// TestAnswersAreThoseOfTheStandardLibrary compares a description of a connection with
// what encoding/json makes of the same members.
func TestAnswersAreThoseOfTheStandardLibrary(t *testing.T) {
	user, err := identifier.Parse("8:acs:11111111-2222-4333-8444-555555555555_0000000a-1111-4222-8333-444444444444")
	if err != nil {
		t.Fatal(err)
	}
	properties := call.Properties{
		ID: "c", ServerCallID: "s", CorrelationID: "<r>", CallbackURI: "https://app.test/?a=1&b=2", DisplayName: "Zoë \"Z\"",
		Targets: []identifier.ID{user, phoneID("+15551230001")}, CallerID: phoneID("+15551230002"), Source: phoneID("+15551230003"), AnsweredBy: user,
	}
	for _, created := range []bool{false, true} {
		properties.Created = created
		model := connectionByReflection{
			properties.ID, properties.ServerCallID, []rest.Identifier{{ID: user}, {ID: properties.Targets[1]}}, "connecting", properties.CallbackURI,
			rest.Phone{ID: properties.CallerID}, properties.DisplayName, rest.Identifier{ID: properties.Source}, properties.CorrelationID, rest.User{ID: user},
		}
		if created {
			model.ServerCallID = ""
		}
		want, err := json.Marshal(model)
		if err != nil {
			t.Fatal(err)
		}
		o := &connectionModel{properties, true, "2024-04-15"}
		if got, err := o.AppendJSON(nil); err != nil || string(got) != string(want) {
			t.Errorf("got  %s, %v\nwant %s", got, err, want)
		}
		w := httptest.NewRecorder()
		if err := rest.WriteJSON(w, 200, o); err != nil || w.Body.String() != string(want) {
			t.Errorf("the answer is %s, %v\nwant %s", w.Body, err, want)
		}
	}
}
