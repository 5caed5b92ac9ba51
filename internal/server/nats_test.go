package server

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/delivery/history"
)

// TestSubjectTakesEvents has a NATS client of somebody else's: at first nobody
// hears the subject, then a subscriber does, then a stream keeps the events.
func TestSubjectTakesEvents(t *testing.T) {
	p, base := eventPartsWith(t, config.Config{NATS: "127.0.0.1:0"})
	status, text := request(t, "PUT", subscriptionURL(base, "incoming"), `{"properties":{"destination":{"endpointType":"NatsSubject","properties":{"subject":"acs.calls",
		"deliveryAttributeMappings":[{"name":"X-Caller","type":"Dynamic","properties":{"sourceField":"data.from.rawId"}}]}}}}`)
	if status != http.StatusCreated || !strings.Contains(text, `"provisioningState":"Succeeded"`) {
		t.Fatalf("%d %s", status, text)
	}
	ring(p)
	attempts := waitForAttempts(t, base, 1)
	if a := attempts[0]; a.Status != 404 || a.Result != history.Retried || a.Next == nil || time.Until(*a.Next) < 4*time.Minute || !strings.Contains(a.Answer, "nobody is subscribed") {
		t.Errorf("unheard: %+v", a)
	}

	client, err := nats.Connect("nats://"+p.backbone.ListenAddr().String(), nats.UserInfo("app", p.resource.Keys.Get(auth.Secondary).Base64()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	heard, err := client.SubscribeSync("acs.>")
	if err != nil || client.Flush() != nil {
		t.Fatal(err)
	}
	ring(p)
	msg, err := heard.NextMsg(20 * time.Second)
	if err != nil {
		t.Fatal(err)
	}
	var events []struct{ EventType string }
	if err := json.Unmarshal(msg.Data, &events); err != nil || len(events) != 1 || events[0].EventType != "Microsoft.Communication.IncomingCall" {
		t.Errorf("the message is %s, %v", msg.Data, err)
	}
	if h := msg.Header; h.Get("aeg-event-type") != "Notification" || h.Get("aeg-subscription-name") != "INCOMING" || h.Get("X-Caller") != "4:+15551234567" || h.Get("Content-Type") == "" ||
		h.Get("aeg-delivery-count") != "0" || len(h.Get("aeg-output-event-id")) != 36 {
		t.Errorf("its header is %v", h)
	}

	js, err := jetstream.New(client)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "calls", Subjects: []string{"other.>"}})
	if err != nil {
		t.Fatal(err)
	}
	if status, text := request(t, "PUT", subscriptionURL(base, "kept"), `{"properties":{"destination":{"endpointType":"NatsSubject","properties":{"subject":"other.calls"}}}}`); status != http.StatusCreated {
		t.Fatalf("%d %s", status, text)
	}
	ring(p)
	until(t, "the stream kept nothing", func() bool {
		info, err := stream.Info(t.Context())
		return err == nil && info.State.Msgs == 1
	})
}

func TestSubjectWithoutADoorIsRefused(t *testing.T) {
	_, base := eventParts(t)
	status, text := request(t, "PUT", subscriptionURL(base, "incoming"), `{"properties":{"destination":{"endpointType":"NatsSubject","properties":{"subject":"acs.calls"}}}}`)
	if status != http.StatusBadRequest || !strings.Contains(text, "set events.nats to an address") {
		t.Errorf("%d %s", status, text)
	}
}
