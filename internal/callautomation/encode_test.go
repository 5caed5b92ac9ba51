package callautomation

import (
	"encoding/json"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery"
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
