package eventgrid

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/journal"
	"github.com/switchhook/switchhook/internal/store"
)

// application is a webhook that consents and hands events to the test.
type application struct {
	headers chan http.Header
	bodies  chan []byte
}

func (a application) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodOptions {
		w.Header().Set("WebHook-Allowed-Origin", r.Header.Get("WebHook-Request-Origin"))
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if r.Header.Get(headerEventType) == "SubscriptionValidation" {
		var events []systemEvent[validationData]
		if json.Unmarshal(body, &events) == nil && len(events) == 1 {
			io.WriteString(w, echo(events[0].Data.Code))
		}
		return
	}
	a.headers <- r.Header
	a.bodies <- body
}

// TestIncomingCallReachesItsWebhook goes the whole way, in both schemas:
// handshake, event, delivery engine, HTTP.
func TestIncomingCallReachesItsWebhook(t *testing.T) {
	for _, schema := range []string{schemaEventGrid, schemaCloudEvents} {
		t.Run(schema, func(t *testing.T) {
			app := application{make(chan http.Header, 1), make(chan []byte, 1)}
			server := httptest.NewServer(app)
			defer server.Close()
			engine := delivery.New(delivery.Config{Policies: map[string]delivery.Policy{PolicyName: Policy(nil)}}, journal.InMemory(), quiet())
			if _, err := engine.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer engine.Stop(context.Background())

			g, err := New(testConfig(nil), store.InMemory(), engine, quiet())
			if err != nil {
				t.Fatal(err)
			}
			defer g.Close()
			r := ask(t, mappings(static("X-Secret", "let-me-in", true)+","+dynamic("X-To", "data.to.phoneNumber.value")))
			r.Destination.Properties.EndpointURL, r.Schema = server.URL+"/events?code=hush", &schema
			g.subscribe(t, "incoming", r)
			g.work.Wait() // for the handshake
			in := incomingCalls(t)["pstn-to-number"]
			if n := g.IncomingCall(in); n != 1 {
				t.Fatalf("%d matched", n)
			}
			header, body := <-app.headers, <-app.bodies
			if header.Get(headerDeliveryCount) != "0" || header.Get("X-Secret") != "let-me-in" || header.Get("X-To") != in.To.Number() {
				t.Errorf("got %v", header)
			}
			source := "source"
			if schema == schemaEventGrid {
				body, source = bytes.Trim(body, "[]"), "topic"
			}
			var event map[string]any
			if err := json.Unmarshal(body, &event); err != nil {
				t.Fatalf("got %s, %v", body, err)
			}
			if at(event, "data.to.phoneNumber.value") != in.To.Number() || event[source] != testTopic {
				t.Errorf("got %v", event)
			}
		})
	}
}
