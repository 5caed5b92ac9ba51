package server

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/deadletter"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
	"github.com/switchhook/switchhook/internal/eventgrid"
	"github.com/switchhook/switchhook/internal/eventgrid/report"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
)

// everybody lets everybody in.
type everybody struct{}

func (everybody) Authenticate(*http.Request, auth.Body, auth.Scope) (auth.Principal, error) {
	return auth.Principal{Administrator: true}, nil
}

// eventParts are the parts that publish and deliver events, served over HTTP,
// without phones, keys and a disk.
func eventParts(t *testing.T) (p *parts, base string) { return eventPartsWith(t, config.Config{}) }

// eventPartsWith has dead letters too, in a folder, at once.
func eventPartsWith(t *testing.T, cfg config.Config) (p *parts, base string) {
	t.Helper()
	p = &parts{cfg: cfg, log: slog.New(slog.DiscardHandler), metrics: prometheus.NewRegistry()}
	var err error
	if p.data, err = datadir.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.data.Close() })
	t.Cleanup(func() { p.close() })
	if cfg.NATS != "" {
		if p.resource, err = resource.Open(p.data, resource.Identity{}); err != nil {
			t.Fatal(err)
		}
		if err := p.openBackbone(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	p.openDeadLetters(-1, nil)
	p.failures.Start(t.Context())
	t.Cleanup(p.failures.Close)
	p.streams, p.endAll = context.WithCancel(t.Context())
	p.deliveries = delivery.New(delivery.Config{
		Policies: map[string]delivery.Policy{eventgrid.PolicyName: p.eventPolicy(nil), deadletter.PolicyName: p.deadLetters.Policy()},
		Senders:  p.senders(),
	}, journal.InMemory(), p.log)
	if _, err := p.deliveries.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		p.deliveries.Stop(now) // what is undelivered may be lost
	})
	p.public.known = make(chan struct{})
	p.public.give("http://127.0.0.1:1")
	p.grid, err = eventgrid.New(eventgrid.Config{
		SubscriptionID: resource.ARMSubscription, ResourceGroup: resource.ARMGroup, ResourceName: resource.ARMName, PublicBase: p.public.base, Tail: &p.tail,
		DeadLetter: p.deadLetterStore, Destinations: p.cfg.Destinations(), Reach: p.reach,
	}, store.InMemory(), p.deliveries, p.log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.grid.Close)
	router := rest.New(rest.Config{Auth: everybody{}, Log: p.log})
	p.grid.Routes(router)
	p.administration().Routes(router)
	doors := httptest.NewServer(router)
	t.Cleanup(func() { p.endAll(); doors.Close() })
	return p, doors.URL
}

// request asks and returns the status and the answer.
func request(t *testing.T, method, address, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

const eventsVersion = "?api-version=2023-04-01"

// subscribe makes a subscription and waits for its handshake.
func subscribe(t *testing.T, base, name, endpoint string) {
	t.Helper()
	address := base + resource.ARMPath + "/providers/Microsoft.EventGrid/eventSubscriptions/" + name + eventsVersion
	status, text := request(t, "PUT", address, `{"properties":{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"`+endpoint+`"}}}}`)
	for deadline := time.Now().Add(90 * time.Second); !strings.Contains(text, `"Succeeded"`); _, text = request(t, "GET", address, "") {
		if status != http.StatusCreated || time.Now().After(deadline) {
			t.Fatalf("%d %s", status, text)
		}
	}
}

// webhook consents, and answers events with the statuses that come.
func webhook(t *testing.T, statuses <-chan int) string {
	t.Helper()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var events []struct {
			Data struct{ ValidationCode string }
		}
		if json.NewDecoder(r.Body).Decode(&events) == nil && events[0].Data.ValidationCode != "" {
			json.NewEncoder(w).Encode(map[string]string{"validationResponse": events[0].Data.ValidationCode})
			return
		}
		select {
		case status := <-statuses:
			w.WriteHeader(status)
			io.WriteString(w, "well, well")
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(app.Close)
	return app.URL
}

func ring(p *parts) {
	from, _ := identifier.Phone("+15551234567")
	to, _ := identifier.Phone("+15550100001")
	announcer{p.grid}.IncomingCall(call.IncomingCall{
		Invitation: call.Invitation{From: from, To: to}, ServerCallID: "server-call", Context: "context", CorrelationID: "correlation", At: time.Now(),
	})
}

func TestFailedDeliveryIsFoundAndRedelivered(t *testing.T) {
	p, base := eventParts(t)
	statuses := make(chan int)
	subscribe(t, base, "Incoming", webhook(t, statuses)+"/events?code=hush")
	ring(p)
	statuses <- http.StatusInternalServerError
	attempts := waitForAttempts(t, base, 1)
	if a := attempts[0]; a.Status != 500 || a.Result != history.Retried || a.Subscription != "Incoming" || a.Next == nil || a.Answer != "well, well" || strings.Contains(a.URL, "hush") {
		t.Errorf("got %+v", a)
	}
	_, text := request(t, "GET", base+admin.EventFailuresPath+eventsVersion+"&where=incomingCALL&subscription=Incoming", "")
	var failures struct{ Value []report.Failure }
	if err := json.Unmarshal([]byte(text), &failures); err != nil || len(failures.Value) != 1 || failures.Value[0].Category != "DeliveryFailures" || !strings.Contains(text, "500: well, well") {
		t.Errorf("failures %s, %v", text, err)
	}
	if _, text := request(t, "GET", base+admin.EventFailuresPath+eventsVersion+"&where=CallEnded", ""); text != "{\"value\":[]}" {
		t.Errorf("failures of another sort: %s", text)
	}
	for i, body := range []string{`{"id":"` + attempts[0].ID + `"}`, `{"eventSubscriptionName":"incoming"}`} {
		status, text := request(t, "POST", base+admin.EventsPath+":redeliver"+eventsVersion, body)
		if status != http.StatusOK || text != `{"redelivered":1}` {
			t.Fatalf("%s: %d %s", body, status, text)
		}
		statuses <- []int{http.StatusInternalServerError, http.StatusOK}[i]
		attempts = waitForAttempts(t, base, i+2)
	}
	if attempts[0].Result != history.Delivered || attempts[0].Number != 3 {
		t.Errorf("at last %+v", attempts[0])
	}
}

func waitForAttempts(t *testing.T, base string, n int) []admin.EventAttempt {
	t.Helper()
	for deadline := time.Now().Add(90 * time.Second); ; {
		_, text := request(t, "GET", base+admin.EventAttemptsPath+eventsVersion+"&subscription=incoming", "")
		var list struct{ Value []admin.EventAttempt }
		if err := json.Unmarshal([]byte(text), &list); err != nil || time.Now().After(deadline) {
			t.Fatalf("%s %v", text, err)
		}
		if len(list.Value) >= n {
			return list.Value
		}
	}
}

func TestRedeliveryThatCannotBe(t *testing.T) {
	_, base := eventParts(t)
	for body, want := range map[string]int{
		`{}`:                                http.StatusBadRequest,
		`{"id":"nobody-knows"}`:             http.StatusNotFound,
		`{"eventSubscriptionName":"other"}`: http.StatusNotFound,
		`{"eventSubscriptionName":"a/b"}`:   http.StatusBadRequest,
	} {
		if status, text := request(t, "POST", base+admin.EventsPath+":redeliver"+eventsVersion, body); status != want {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}
	for _, query := range []string{"&limit=0", "&limit=x", "&limit=1001", "&subscription=a/b"} {
		if status, text := request(t, "GET", base+admin.EventAttemptsPath+eventsVersion+query, ""); status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, status, text)
		}
	}
}

func TestTailShowsEventsThatNobodyTakes(t *testing.T) {
	p, base := eventParts(t)
	follow := func(query string) *bufio.Scanner {
		answer, err := http.Get(base + admin.EventTailPath + eventsVersion + query)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { answer.Body.Close() })
		lines := bufio.NewScanner(answer.Body)
		if !lines.Scan() || lines.Text() != "" {
			t.Fatalf("begins with %q", lines.Text())
		}
		return lines
	}
	all, ended := follow(""), follow("&includedEventTypes=Microsoft.Communication.CallEnded")
	ring(p)
	var event struct {
		EventType string
		Data      struct{ ServerCallID string }
	}
	if all.Scan(); json.Unmarshal(all.Bytes(), &event) != nil || event.EventType != "Microsoft.Communication.IncomingCall" || event.Data.ServerCallID == "" {
		t.Errorf("got %s", all.Text())
	}
	p.grid.CallEnded(eventgrid.CallEnded{CallFacts: eventgrid.CallFacts{ServerCallID: "c", StartedBy: eventgrid.Participant{ID: identifier.NewUser("r")}}})
	if ended.Scan(); !strings.Contains(ended.Text(), `"Microsoft.Communication.CallEnded"`) {
		t.Errorf("got %s", ended.Text())
	}
	p.endAll() // the server stops
	if ended.Scan() {
		t.Errorf("after the stop: %s", ended.Text())
	}
}

// TestWaitingEventGoesToTheNewEndpoint: a subscription whose webhook is gone gets another
// one, and what waited is delivered there.
func TestWaitingEventGoesToTheNewEndpoint(t *testing.T) {
	p, base := eventParts(t)
	old, now := make(chan int), make(chan int)
	subscribe(t, base, "Incoming", webhook(t, old)+"/events")
	ring(p)
	old <- http.StatusInternalServerError
	first := waitForAttempts(t, base, 1)[0]
	address := webhook(t, now) + "/events"
	subscribe(t, base, "Incoming", address)
	select {
	case now <- http.StatusOK:
	case <-time.After(90 * time.Second):
		t.Fatal("nothing came to the new endpoint")
	}
	if a := waitForAttempts(t, base, 2)[0]; a.ID != first.ID || a.URL != address || a.Result != history.Delivered {
		t.Errorf("got %+v", a)
	}
}
