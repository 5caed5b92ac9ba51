package delivery

import (
	"testing"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

func TestUnknownKindOfDestinationIsDropped(t *testing.T) {
	e := serving(t, Config{})
	m := grid("call", "1")
	m.URL = "carrier-pigeon://roof/"
	e.Post(m)
	if err := e.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.inTurn(func() {})
	if a := e.Attempts(history.Filter{}, 1); len(a) != 1 || a[0].Result != history.Dropped {
		t.Errorf("its end: %+v", a)
	}
}

// parcel is one attempt of one event.
func parcel(url, body string) Parcel {
	policy := scheduledPolicy()
	return Parcel{Messages: []Message{{ID: "1", Group: "SUB", URL: url, Body: []byte(body), Event: Event{Subscription: "SUB", Type: "T"}}}, Attempt: 1, policy: policy.withDefaults()}
}
