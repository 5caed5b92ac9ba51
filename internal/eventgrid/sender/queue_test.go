package sender

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/storage"
	"github.com/switchhook/switchhook/internal/storage/azuritetest"
)

// parcel is one attempt of one event.
func parcel(url, body string) delivery.Parcel {
	return delivery.Parcel{
		Messages: []delivery.Message{{ID: "1", Group: "SUB", URL: url, Body: []byte(body), Event: delivery.Event{Subscription: "SUB", Type: "T"}}},
		Attempt:  1,
	}
}

// azurite is a storage account with a queue, events.
type azurite struct{ storage.Account }

func newAzurite(t *testing.T) azurite {
	t.Helper()
	account, err := storage.ParseAccount(azuritetest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	a := azurite{account}
	if status, body := a.request(t, "PUT", "/events"); status != 201 {
		t.Fatalf("the queue was not made: %d %s", status, body)
	}
	return a
}

func (a azurite) request(t *testing.T, method, path string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, a.QueueEndpoint+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	sign(req, a.Account, req.URL.Query(), time.Now())
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, body
}

// next takes the next message of the queue, and tells how long it was to live.
func (a azurite) next(t *testing.T) (text string, lives time.Duration) {
	t.Helper()
	_, list := a.request(t, "GET", "/events/messages")
	var got struct {
		QueueMessage struct{ MessageText, ExpirationTime, InsertionTime string }
	}
	if err := xml.Unmarshal(bytes.TrimPrefix(list, []byte("\ufeff")), &got); err != nil {
		t.Fatal(err)
	}
	plain, err := base64.StdEncoding.DecodeString(got.QueueMessage.MessageText)
	if err != nil {
		t.Error(err)
	}
	from, _ := http.ParseTime(got.QueueMessage.InsertionTime)
	to, _ := http.ParseTime(got.QueueMessage.ExpirationTime)
	return string(plain), to.Sub(from)
}

func TestStorageQueueOnAzurite(t *testing.T) {
	account := newAzurite(t)
	sender := NewQueues(func(name string) (storage.Account, bool) { return account.Account, name == account.Name }, nil)
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
			text, lives := account.next(t)
			if text != test.want {
				t.Errorf("the message is %q", text)
			}
			if lives < test.ttl-time.Minute || test.ttl < 8*24*time.Hour && lives > test.ttl+time.Minute {
				t.Errorf("it lives for %v", lives)
			}
		})
	}
	stranger := account.Account
	stranger.Key = []byte("another")
	for _, test := range []struct {
		name   string
		sender delivery.Sender
		url    string
		body   string
		status int
	}{
		{"no such queue", sender, QueueURL(account.Name, "missing", 0), `[{}]`, 404},
		{"unknown account", sender, QueueURL("other", "events", 0), `[{}]`, 404},
		{"too large", sender, QueueURL(account.Name, "events", 0), fmt.Sprintf(`[{"id":%q}]`, strings.Repeat("x", 60<<10)), 413},
		{"wrong key", NewQueues(func(string) (storage.Account, bool) { return stranger, true }, nil), QueueURL(account.Name, "events", 0), `[{}]`, 403},
		{"bad time to live", sender, "storagequeue://" + account.Name + "/events?ttl=x", `[{}]`, 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := test.sender.Send(t.Context(), parcel(test.url, test.body))
			if o.Status != test.status {
				t.Errorf("outcome %d %s", o.Status, o.Answer)
			}
		})
	}
}

func TestQueueThatDoesNotAnswer(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	sender := NewQueues(func(string) (storage.Account, bool) {
		return storage.Account{Name: "a", Key: []byte("k"), QueueEndpoint: server.URL}, true
	}, nil)
	o := sender.Send(t.Context(), parcel(QueueURL("a", "q", 0), `[{}]`))
	var socket *net.OpError
	if !errors.As(o.Err, &socket) {
		t.Errorf("outcome %+v", o)
	}
}
