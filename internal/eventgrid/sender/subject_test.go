package sender

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchhook/switchhook/internal/backbone"
	"github.com/switchhook/switchhook/internal/fault"
)

// openBackbone returns the JetStream of a server of the test's own.
func openBackbone(t *testing.T) jetstream.JetStream {
	t.Helper()
	b, err := backbone.Open(t.Context(), backbone.Config{Dir: t.TempDir()}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b.JetStream()
}

func TestEventsReachTheirSubject(t *testing.T) {
	js := openBackbone(t)
	sender := NewSubjects(js)
	url, err := SubjectURL("acs.events")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	if o := sender.Send(ctx, parcel(url, "[1]")); o.Status != 404 {
		t.Errorf("without a subscriber: %+v", o)
	}
	if o := NewSubjects(nil).Send(ctx, parcel(url, "[1]")); o.Status != 404 {
		t.Errorf("without a server: %+v", o)
	}
	heard, err := js.Conn().SubscribeSync("acs.>")
	if err != nil {
		t.Fatal(err)
	}
	p := parcel(url, "[2]")
	p.Messages[0].Header = map[string]string{"aeg-event-type": "Notification"}
	if o := sender.Send(ctx, p); o.Status != 200 {
		t.Errorf("with a subscriber: %+v", o)
	}
	msg, err := heard.NextMsg(5 * time.Second)
	if err != nil || string(msg.Data) != "[2]" || msg.Header.Get("aeg-event-type") != "Notification" {
		t.Fatalf("heard %v, %v", msg, err)
	}
}

func TestSubjectOfAStreamIsAcknowledgedAndKeptOnce(t *testing.T) {
	js := openBackbone(t)
	stream, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "app", Subjects: []string{"acs.*"}})
	if err != nil {
		t.Fatal(err)
	}
	sender := NewSubjects(js)
	for range 2 {
		if o := sender.Send(t.Context(), parcel("nats://acs.events", "[1]")); o.Status != 200 {
			t.Errorf("outcome %+v", o)
		}
	}
	info, err := stream.Info(t.Context())
	if err != nil || info.State.Msgs != 1 {
		t.Errorf("the stream has %d messages, %v", info.State.Msgs, err)
	}
	if err := js.DeleteStream(t.Context(), "app"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	if o := sender.Send(ctx, parcel("nats://acs.events", "[2]")); o.Err == nil {
		t.Errorf("the stream is gone: %+v", o)
	}
	if o := sender.Send(ctx, parcel("nats://acs.events", "[2]")); o.Status != 404 {
		t.Errorf("asked again: %+v", o)
	}
}

func TestSubjectsThatAreRefused(t *testing.T) {
	for _, subject := range []string{"", "j.0", "j", "failures.delivery", "$JS.API.STREAM.LIST", "_INBOX.x", "a..b", "a.*", "a.>", "a b", ".a", strings.Repeat("a", 300), "a/b", "a?b"} {
		if url, err := SubjectURL(subject); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%q became %q, %v", subject, url, err)
		}
	}
}
