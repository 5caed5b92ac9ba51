package backbone

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// openListening admits clients that show the word.
func openListening(t *testing.T, dir, word string) *Backbone {
	t.Helper()
	b, err := Open(t.Context(), Config{Dir: dir, Listener: &Listener{
		Address: "127.0.0.1:0", Admit: func(secret string) bool { return secret == word },
	}}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// connectClient connects as another program would.
func connectClient(t *testing.T, b *Backbone, options ...nats.Option) (*nats.Conn, error) {
	t.Helper()
	conn, err := nats.Connect("nats://"+b.ListenAddr().String(), options...)
	if err == nil {
		t.Cleanup(conn.Close)
	}
	return conn, err
}

func TestClientsReceiveEvents(t *testing.T) {
	b := openListening(t, t.TempDir(), "word")
	for _, option := range []nats.Option{nats.UserInfo("anybody", "word"), nats.Token("word")} {
		client, err := connectClient(t, b, option)
		if err != nil {
			t.Fatal(err)
		}
		heard, err := client.SubscribeSync("acs.>")
		if err != nil || client.Flush() != nil {
			t.Fatal(err)
		}
		if err := b.Events().Conn().Publish("acs.calls", []byte("ring")); err != nil {
			t.Fatal(err)
		}
		if msg, err := heard.NextMsg(10 * time.Second); err != nil || string(msg.Data) != "ring" {
			t.Errorf("heard %v, %v", msg, err)
		}
	}
}

func TestClientsWithoutTheSecretAreRefused(t *testing.T) {
	b := openListening(t, t.TempDir(), "word")
	for _, option := range [][]nats.Option{
		nil,
		{nats.UserInfo("anybody", "guess")},
		{nats.UserInfo("anybody", "")},
		{nats.Token("guess")},
		{nats.UserInfo(ownUser, "guess")},
		{nats.UserInfo(ownEventsUser, "guess")},
	} {
		if _, err := connectClient(t, b, option...); err == nil || !strings.Contains(err.Error(), "Authorization Violation") {
			t.Errorf("%d options: %v", len(option), err)
		}
	}
}

// TestClientsSeeOnlyTheirAccount: a stream of ours is neither listed
// nor reached, whatever a client calls itself.
func TestClientsSeeOnlyTheirAccount(t *testing.T) {
	b := openListening(t, t.TempDir(), "word")
	stream, err := b.History(t.Context(), "work", time.Hour, 1<<20, "w.>")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"anybody", ownUser, ownEventsUser} {
		client, err := connectClient(t, b, nats.UserInfo(name, "word"))
		if err != nil {
			t.Fatal(err)
		}
		js, err := jetstream.New(client)
		if err != nil {
			t.Fatal(err)
		}
		for info := range js.ListStreams(t.Context()).Info() {
			t.Errorf("%s sees the stream %s", name, info.Config.Name)
		}
		if err := client.Publish("w.0", []byte("forged")); err != nil || client.Flush() != nil {
			t.Fatal(err)
		}
	}
	if info, err := stream.Info(t.Context()); err != nil || info.State.Msgs != 0 {
		t.Errorf("the stream has %d messages, %v", info.State.Msgs, err)
	}
}

func TestStreamsOfClientsSurviveAReopening(t *testing.T) {
	dir := t.TempDir()
	before := open(t, dir) // a life without a Listener
	if _, err := before.History(t.Context(), "work", time.Hour, 1<<20, "w.>"); err != nil {
		t.Fatal(err)
	}
	if _, err := before.JetStream().Publish(t.Context(), "w.0", []byte("job")); err != nil {
		t.Fatal(err)
	}
	before.Close()
	for life := range 2 {
		b := openListening(t, dir, "word")
		client, err := connectClient(t, b, nats.UserInfo("anybody", "word"))
		if err != nil {
			t.Fatal(err)
		}
		js, err := jetstream.New(client)
		if err != nil {
			t.Fatal(err)
		}
		stream, err := js.CreateOrUpdateStream(t.Context(), jetstream.StreamConfig{Name: "app", Subjects: []string{"acs.>"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Events().Publish(t.Context(), "acs.calls", []byte("ring")); err != nil {
			t.Fatal(err)
		}
		if info, err := stream.Info(t.Context()); err != nil || info.State.Msgs != uint64(life+1) {
			t.Errorf("life %d: the client's stream has %d messages, %v", life, info.State.Msgs, err)
		}
		if own, err := b.JetStream().Stream(t.Context(), "work"); err != nil || own.CachedInfo().State.Msgs != 1 {
			t.Errorf("life %d: the stream of the time without a Listener: %v", life, err)
		}
		client.Close()
		b.Close()
	}
}

func TestClientsStreamsAreBounded(t *testing.T) {
	b := openListening(t, t.TempDir(), "word")
	client, err := connectClient(t, b, nats.UserInfo("anybody", "word"))
	if err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(client)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := js.AccountInfo(t.Context()); err != nil || info.Limits.MaxStore != maxClientStore || info.Limits.MaxStreams != maxClientStreams {
		t.Errorf("the limits are %+v, %v", info.Limits, err)
	}
}

func TestAddressInUseIsNamed(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	_, err = Open(ctx, Config{Dir: t.TempDir(), Listener: &Listener{Address: address, Admit: func(string) bool { return false }}}, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), address) || !strings.Contains(err.Error(), "in use") {
		t.Errorf("%v", err)
	}
}
