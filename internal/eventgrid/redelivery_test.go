package eventgrid

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/store"
)

// callerHeader asks for a header that each event brings.
func callerHeader(r *settingsRequest) {
	var mapping attributeRequest
	source := "data.from.rawId"
	mapping.Name, mapping.Type, mapping.Properties.Source = "X-Caller", "Dynamic", &source
	r.Destination.Properties.Attributes = []attributeRequest{mapping}
}

// eager consents in both schemas.
func eager() roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		application{}.ServeHTTP(w, r)
		return w.Result(), nil
	}
}

// TestDeadLetterIsDeliveredAsTheSubscriptionIsNow: it was written in the other schema, and
// its headers are made of it.
func TestDeadLetterIsDeliveredAsTheSubscriptionIsNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, box := newTestGrid(t, eager(), store.InMemory())
		g.subscribe(t, "incoming", to("http://app/events"))
		synctest.Wait()
		g.IncomingCall(incomingCalls(t)["pstn-to-number"])
		var letter []json.RawMessage
		if err := json.Unmarshal(box.posted[0].Body, &letter); err != nil {
			t.Fatal(err)
		}
		schema := schemaCloudEvents
		g.subscribe(t, "incoming", to("http://app/events", callerHeader, func(r *settingsRequest) { r.Schema = &schema }))
		synctest.Wait()
		_, again, ok := g.DeadLetters("incoming")
		if !ok {
			t.Fatal("there is no subscription")
		}
		m, err := again(letter[0])
		var event struct{ SpecVersion, ID string }
		if err != nil || json.Unmarshal(m.Body, &event) != nil || event.SpecVersion != "1.0" || event.ID != box.posted[0].ID || m.Header["X-Caller"] != "4:+33155501234" {
			t.Errorf("got %s with %v, %v", m.Body, m.Header, err)
		}
		for _, none := range []string{`{}`, `[]`, `oops`} {
			if m, err := again(json.RawMessage(none)); err == nil {
				t.Errorf("%s became %+v", none, m)
			}
		}
	})
}
