package delivery

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchhook/switchhook/internal/delivery/azuritetest"
	"github.com/switchhook/switchhook/internal/fault"
)

// parcel is one attempt of one event.
func parcel(url, body string) Parcel {
	policy := EventGridPolicy()
	return Parcel{Messages: []Message{{ID: "1", Group: "SUB", URL: url, Body: []byte(body), Event: Event{Subscription: "SUB", Type: "T"}}}, Attempt: 1, policy: policy.withDefaults()}
}

func TestStorageQueueOnAzurite(t *testing.T) {
	account, err := ParseStorageAccount(azuritetest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	request := func(method, path string) (int, []byte) {
		req, err := http.NewRequestWithContext(t.Context(), method, account.QueueEndpoint+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		account.sign(req, req.URL.Query(), time.Now())
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		return answer.StatusCode, body
	}
	if status, body := request("PUT", "/events"); status != 201 {
		t.Fatalf("the queue was not made: %d %s", status, body)
	}
	sender := StorageQueues(func(name string) (StorageAccount, bool) { return account, name == account.Name }, nil)
	for _, test := range []struct {
		name, url, body, want string
		ttl                   time.Duration
	}{
		{"event grid schema", QueueURL(account.Name, "events", 0), `[{"id":"1"}]`, `{"id":"1"}`, DefaultQueueTTL},
		{"cloud event", QueueURL(account.Name, "events", time.Hour), `{"specversion":"1.0"}`, `{"specversion":"1.0"}`, time.Hour},
		{"for ever", QueueURL(account.Name, "events", EndlessQueueTTL), `[{"id":"é"}]`, `{"id":"é"}`, 365 * 24 * time.Hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			if o := sender.Send(t.Context(), parcel(test.url, test.body)); o.Status != 201 {
				t.Fatalf("outcome %+v, %s", o, o.Answer)
			}
			_, list := request("GET", "/events/messages")
			var got struct {
				QueueMessage struct{ MessageText, ExpirationTime, InsertionTime string }
			}
			if err := xml.Unmarshal(bytes.TrimPrefix(list, []byte("\ufeff")), &got); err != nil {
				t.Fatal(err)
			}
			text, err := base64.StdEncoding.DecodeString(got.QueueMessage.MessageText)
			if err != nil || string(text) != test.want {
				t.Errorf("the message is %q, %v", text, err)
			}
			from, _ := http.ParseTime(got.QueueMessage.InsertionTime)
			to, _ := http.ParseTime(got.QueueMessage.ExpirationTime)
			if lives := to.Sub(from); lives < test.ttl-time.Minute || test.ttl < 8*24*time.Hour && lives > test.ttl+time.Minute {
				t.Errorf("it lives for %v", lives)
			}
		})
	}
	large := fmt.Sprintf(`[{"id":%q}]`, strings.Repeat("x", 60<<10))
	stranger := account
	stranger.Key = []byte("another")
	for _, test := range []struct {
		name   string
		sender Sender
		url    string
		body   string
		status int
		again  bool
	}{
		{"no such queue", sender, QueueURL(account.Name, "missing", 0), `[{}]`, 404, true},
		{"unknown account", sender, QueueURL("other", "events", 0), `[{}]`, 404, true},
		{"too large", sender, QueueURL(account.Name, "events", 0), large, 413, false},
		{"wrong key", StorageQueues(func(string) (StorageAccount, bool) { return stranger, true }, nil), QueueURL(account.Name, "events", 0), `[{}]`, 403, false},
		{"bad time to live", sender, "storagequeue://" + account.Name + "/events?ttl=x", `[{}]`, 400, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := parcel(test.url, test.body)
			o := test.sender.Send(t.Context(), p)
			delay, again := retryEventGrid(p.First(), o)
			if o.Status != test.status || again != test.again || again && delay < 5*time.Minute {
				t.Errorf("outcome %d %s, again %v after %v", o.Status, o.Answer, again, delay)
			}
		})
	}
}

func TestQueueThatDoesNotAnswer(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	sender := StorageQueues(func(string) (StorageAccount, bool) {
		return StorageAccount{Name: "a", Key: []byte("k"), QueueEndpoint: server.URL}, true
	}, nil)
	o := sender.Send(t.Context(), parcel(QueueURL("a", "q", 0), `[{}]`))
	if o.Err == nil || o.Name() != NameSocketError {
		t.Errorf("outcome %+v", o)
	}
}

func TestSubject(t *testing.T) {
	b := openBackbone(t, t.TempDir())
	sender := Subjects(b.JetStream())
	url, err := SubjectURL("acs.events")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if o := sender.Send(ctx, parcel(url, "[1]")); o.Status != 404 {
		t.Errorf("without a subscriber: %+v", o)
	}
	if o := Subjects(nil).Send(ctx, parcel(url, "[1]")); o.Status != 404 {
		t.Errorf("without a server: %+v", o)
	}
	heard, err := b.JetStream().Conn().SubscribeSync("acs.>")
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
	b := openBackbone(t, t.TempDir())
	stream, err := b.JetStream().CreateStream(t.Context(), jetstream.StreamConfig{Name: "app", Subjects: []string{"acs.*"}})
	if err != nil {
		t.Fatal(err)
	}
	sender := Subjects(b.JetStream())
	for range 2 {
		if o := sender.Send(t.Context(), parcel("nats://acs.events", "[1]")); o.Status != 200 {
			t.Errorf("outcome %+v", o)
		}
	}
	info, err := stream.Info(t.Context())
	if err != nil || info.State.Msgs != 1 {
		t.Errorf("the stream has %d messages, %v", info.State.Msgs, err)
	}
	if err := b.JetStream().DeleteStream(t.Context(), "app"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
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

func TestTailShowsEventsAndWaitsForNobody(t *testing.T) {
	tail := &Tail{}
	e := serving(t, Config{Senders: map[string]Sender{SchemeTail: tail}})
	ctx, cancel := context.WithCancel(t.Context())
	events, err := tail.Follow(ctx)
	if err != nil {
		t.Fatal(err)
	}
	m := grid("call", `[{"id":"1"}]`)
	m.URL, m.Event = "tail:///", Event{Subscription: "SUB", Type: "T"}
	e.Post(m)
	if got := <-events; got.ID != m.ID || got.Type != "T" || got.Subscription != "SUB" || string(got.Body) != `[{"id":"1"}]` {
		t.Errorf("got %+v", got)
	}
	for i := range 1000 { // nobody reads
		tail.Tell(Sighting{ID: fmt.Sprint(i)})
	}
	for i := range tailBuffer {
		if got := <-events; got.ID != fmt.Sprint(i) || got.Missed != 0 {
			t.Fatalf("event %d is %+v", i, got)
		}
	}
	tail.Tell(Sighting{ID: "last"})
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

func TestUnknownKindOfDestinationIsDropped(t *testing.T) {
	e := serving(t, Config{})
	m := grid("call", "1")
	m.URL = "carrier-pigeon://roof/"
	e.Post(m)
	if err := e.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.ask(func() {})
	if a := e.Attempts(Filter{}, 1); len(a) != 1 || a[0].Result != Dropped {
		t.Errorf("its end: %+v", a)
	}
}

func TestParseStorageAccount(t *testing.T) {
	for _, test := range []struct{ text, blob, queue, wrong string }{
		{text: "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=a2V5;EndpointSuffix=core.windows.net", blob: "https://acme.blob.core.windows.net", queue: "https://acme.queue.core.windows.net"},
		{text: "AccountName=acme;AccountKey=a2V5;", blob: "https://acme.blob.core.windows.net", queue: "https://acme.queue.core.windows.net"},
		{text: "UseDevelopmentStorage=true", blob: "http://127.0.0.1:10000/devstoreaccount1", queue: "http://127.0.0.1:10001/devstoreaccount1"},
		{text: "AccountName=acme;SharedAccessSignature=?sv=1&sig=x%3D;QueueEndpoint=https://q.test/", blob: "https://acme.blob.core.windows.net", queue: "https://q.test"},
		{text: "AccountName=acme", wrong: "AccountKey"},
		{text: "AccountKey=a2V5", wrong: "AccountName"},
		{text: "AccountName=acme;AccountKey=s3cret!", wrong: "base64"},
		{text: "AccountName=acme;AccountKey=a2V5;BlobEndpoint=nowhere", wrong: "blobendpoint"},
		{text: "s3cret", wrong: "part 1"},
	} {
		got, err := ParseStorageAccount(test.text)
		if test.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), test.wrong) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%s: %v", test.text, err)
			}
			continue
		}
		if err != nil || got.BlobEndpoint != test.blob || got.QueueEndpoint != test.queue {
			t.Errorf("%s: %+v, %v", test.text, got, err)
		}
	}
}

func FuzzParseStorageAccount(f *testing.F) {
	f.Add("UseDevelopmentStorage=true")
	f.Add(emulator)
	f.Fuzz(func(t *testing.T, text string) {
		if a, err := ParseStorageAccount(text); err == nil && (a.Name == "" || len(a.Key) == 0 && a.SAS == "") {
			t.Errorf("%q became %+v", text, a)
		}
	})
}
