package eventgrid

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/store"
)

// application is a webhook that consents and hands events to the test.
type application struct {
	counts chan string
	bodies chan []byte
}

func (a application) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if r.Header.Get(headerEventType) == "SubscriptionValidation" {
		var events []validationEvent
		if json.Unmarshal(body, &events) == nil && len(events) == 1 {
			io.WriteString(w, echo(events[0].Data.Code))
		}
		return
	}
	a.counts <- r.Header.Get(headerDeliveryCount)
	a.bodies <- body
}

// TestIncomingCallReachesItsWebhook goes the whole way: handshake, event,
// delivery engine, HTTP.
func TestIncomingCallReachesItsWebhook(t *testing.T) {
	app := application{make(chan string, 1), make(chan []byte, 1)}
	server := httptest.NewServer(app)
	defer server.Close()
	engine := delivery.New(delivery.Config{Policies: map[string]delivery.Policy{PolicyName: Policy()}}, delivery.InMemory(), quiet())
	if _, err := engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer engine.Stop(context.Background())

	g, err := New(testConfig(nil), store.InMemory(), engine, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	g.subscribe(t, "incoming", to(server.URL+"/events?code=hush"))
	g.work.Wait() // for the handshake
	in := incomingCalls(t)["pstn-to-number"]
	if n := g.IncomingCall(in); n != 1 {
		t.Fatalf("%d matched", n)
	}
	if count := <-app.counts; count != "0" {
		t.Errorf("delivery count %s at first", count)
	}
	var events []map[string]any
	if err := json.Unmarshal(<-app.bodies, &events); err != nil || len(events) != 1 {
		t.Fatalf("got %v, %v", events, err)
	}
	if at(events[0], "data.to.phoneNumber.value") != in.To.Number() || events[0]["topic"] != testTopic {
		t.Errorf("got %v", events[0])
	}
}
