package eventgrid

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/store"
)

// TestWaitingEventIsAddressedAnew: to the new endpoint, in the new schema, with the new
// headers, and for the time that is left.
func TestWaitingEventIsAddressedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, box := newTestGrid(t, eager(), store.InMemory())
		g.subscribe(t, "incoming", to("http://old/events"))
		synctest.Wait()
		g.IncomingCall(incomingCalls(t)["pstn-to-number"])
		waits, original, posted := box.posted[0], box.posted[0].Body, time.Now()
		if g.Moved(&waits) {
			t.Error("it has moved before anything was changed")
		}
		for _, schema := range []string{schemaCloudEvents, schemaEventGrid} {
			g.subscribe(t, "incoming", to("http://new/events", callerHeader, func(r *settingsRequest) { r.Schema = &schema }))
			synctest.Wait()
			if !g.Moved(&waits) {
				t.Fatalf("%s: it has not moved", schema)
			}
			time.Sleep(time.Hour)
			again, ok := g.Readdress(waits, posted)
			if !ok || again.URL != "http://new/events" || again.ID != waits.ID || again.Event.Schema != schema || again.Header["X-Caller"] != "4:+33155501234" || again.Lane != waits.Lane {
				t.Errorf("%s: got %+v, %t", schema, again, ok)
			}
			if left := 24*time.Hour - time.Since(posted); again.TTL != left {
				t.Errorf("%s: it has %s, want %s", schema, again.TTL, left)
			}
			if schema == schemaEventGrid && string(again.Body) != string(original) {
				t.Errorf("got  %s\nwant %s", again.Body, original)
			}
			var cloud struct{ Type, Source, Subject string }
			if schema == schemaCloudEvents && (json.Unmarshal(again.Body, &cloud) != nil || cloud.Type != typeIncomingCall || cloud.Source != g.topic || cloud.Subject == "") {
				t.Errorf("got %s", again.Body)
			}
			waits.Body, waits.Event.Schema = again.Body, again.Event.Schema
		}
		if _, err := g.remove("incoming"); err != nil {
			t.Fatal(err)
		}
		if _, ok := g.Readdress(waits, posted); ok || g.Moved(&waits) {
			t.Error("an event of a deleted subscription has another endpoint")
		}
	})
}
