package sender

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/switchhook/switchhook/internal/fault"
)

func TestTailShowsEventsAndWaitsForNobody(t *testing.T) {
	tail := &Tail{}
	ctx, cancel := context.WithCancel(t.Context())
	events, err := tail.Follow(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if o := tail.Send(ctx, parcel(TailURL, `[{"id":"1"}]`)); o.Status != http.StatusOK {
		t.Errorf("outcome %+v", o)
	}
	if got := <-events; got.ID != "1" || got.Type != "T" || got.Subscription != "SUB" || string(got.Body) != `[{"id":"1"}]` {
		t.Errorf("got %+v", got)
	}
	for i := range 1000 { // nobody reads
		tail.Publish(TailEvent{ID: fmt.Sprint(i)})
	}
	for i := range tailBuffer {
		if got := <-events; got.ID != fmt.Sprint(i) || got.Missed != 0 {
			t.Fatalf("event %d is %+v", i, got)
		}
	}
	tail.Publish(TailEvent{ID: "last"})
	if got := <-events; got.ID != "last" || got.Missed != 1000-tailBuffer {
		t.Errorf("got %+v", got)
	}
	cancel()
	for range events { // until it is closed
	}
	for range maxFollowers {
		if _, err := tail.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tail.Follow(t.Context()); !fault.Is(err, fault.KindBusy) {
		t.Errorf("one more follows: %v", err)
	}
}
