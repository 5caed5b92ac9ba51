package callautomation

import (
	"bytes"
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
	for _, state := range []string{answeredState, call.Connecting.String()} {
		o := callConnectionProperties(properties, state)
		var want bytes.Buffer
		want.WriteByte('{')
		for i, m := range o {
			name, _ := json.Marshal(m.name)
			value, err := json.Marshal(m.value)
			if err != nil {
				t.Fatal(err)
			}
			if i > 0 {
				want.WriteByte(',')
			}
			want.Write(append(append(name, ':'), value...))
		}
		want.WriteByte('}')
		if got, err := o.AppendJSON(nil); err != nil || string(got) != want.String() {
			t.Errorf("got  %s, %v\nwant %s", got, err, want.String())
		}
		w := httptest.NewRecorder()
		if err := rest.WriteJSON(w, 200, o); err != nil || w.Body.String() != want.String() {
			t.Errorf("the answer is %s, %v\nwant %s", w.Body, err, want.String())
		}
	}
}
