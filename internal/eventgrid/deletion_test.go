package eventgrid

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/delivery/journal"
	"github.com/switchhook/switchhook/internal/store"
)

// TestDeletedSubscriptionTellsItsWebhook goes the whole way, in both schemas.
func TestDeletedSubscriptionTellsItsWebhook(t *testing.T) {
	for _, schema := range []string{schemaEventGrid, schemaCloudEvents} {
		t.Run(schema, func(t *testing.T) {
			app := application{make(chan http.Header, 1), make(chan []byte, 1)}
			server := httptest.NewServer(app)
			defer server.Close()
			g, err := New(testConfig(nil), store.InMemory(), engineOver(t, journal.InMemory()), quiet())
			if err != nil {
				t.Fatal(err)
			}
			defer g.Close()
			g.subscribe(t, "incoming", to(server.URL+"/events?code=hush", func(r *settingsRequest) { r.Schema = &schema }))
			g.work.Wait()
			if existed, err := g.remove("Incoming"); !existed || err != nil {
				t.Fatal(existed, err)
			}
			header, body := <-app.headers, <-app.bodies
			want := map[string]string{headerEventType: "SubscriptionDeletion", headerSubscription: "INCOMING", headerDeliveryCount: "0", headerMetadataVersion: "1", headerDataVersion: "1"}
			var event map[string]any
			if schema == schemaCloudEvents {
				want[headerMetadataVersion], want[headerDataVersion] = "1.0", ""
				want["Content-Type"], want["Origin"] = "application/cloudevents+json; charset=utf-8", "eventgrid.azure.net"
				err = json.Unmarshal(body, &event)
			} else {
				var events []map[string]any
				if err = json.Unmarshal(body, &events); err == nil && len(events) == 1 {
					event = events[0]
				}
			}
			for name, value := range want {
				if got := header.Get(name); got != value {
					t.Errorf("%s is %q, want %q", name, got, value)
				}
			}
			if err != nil || event["id"] != header.Get(headerOutputEventID) || at(event, "data.eventSubscriptionId") != armBase+"/incoming" {
				t.Errorf("the body is %s, %v", body, err)
			}
			kind, topic, subject := event["eventType"], event["topic"], any("")
			if schema == schemaCloudEvents { // where an empty subject is against the rules
				kind, topic, subject = event["type"], event["source"], nil
			}
			if kind != "Microsoft.EventGrid.SubscriptionDeletedEvent" || topic != g.topic || event["subject"] != subject {
				t.Errorf("the body is %s", body)
			}
		})
	}
}

func TestOnlyAWebhookThatConsentedHearsOfItsDeletion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, box := openWithDestinations(t, nil)
		g.subscribe(t, "failed", to("http://a/events"))
		queue := ask(t, `{"destination":{"endpointType":"StorageQueue","properties":{`+queueProperties+`}}}`)
		g.subscribe(t, "queue", queue)
		synctest.Wait()
		for _, name := range []string{"failed", "queue"} {
			if existed, err := g.remove(name); !existed || err != nil {
				t.Fatal(existed, err)
			}
		}
		if got := box.urls(); len(got) != 0 {
			t.Errorf("told %v", got)
		}
		if len(box.dropped) != 2 || box.dropped[0] != "FAILED" || box.dropped[1] != "QUEUE" {
			t.Errorf("the delivery engine forgot %v", box.dropped)
		}
	})
}

// TestNoticeIsGivenUpSoon: nobody waits for it, and its webhook may be gone.
func TestNoticeIsGivenUpSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, box := newTestGrid(t, willing(t), store.InMemory())
		g.subscribe(t, "incoming", to("http://a/events"))
		synctest.Wait()
		if _, err := g.remove("incoming"); err != nil {
			t.Fatal(err)
		}
		if len(box.posted) != 1 {
			t.Fatalf("posted %v", box.posted)
		}
		if m := box.posted[0]; m.MaxAttempts != 3 || m.TTL > noticeTime || m.DeadLetter != "" || m.Event.Subscription != "" || m.Group == "INCOMING" {
			t.Errorf("the notice is %+v", m)
		}
	})
}
