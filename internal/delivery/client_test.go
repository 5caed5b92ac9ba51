package delivery

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// serving starts an engine with the real client.
func serving(t testing.TB, cfg Config) *Engine {
	t.Helper()
	if cfg.Policies == nil {
		cfg.Policies = policies()
	}
	e := New(cfg, journal.InMemory(), quiet())
	if _, err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = e.Stop(ctx)
	})
	return e
}

// outcome posts one message and returns the record of its first attempt.
func outcome(t *testing.T, e *Engine, m Message) history.Attempt {
	t.Helper()
	ended := make(chan struct{})
	policy := *e.policies[m.Policy]
	policy.Retry = func(*Message, Outcome) (time.Duration, bool) { return 0, false }
	policy.Undelivered = func(Undelivered) []Message { close(ended); return nil }
	success := policy.Success
	policy.Success = func(status int) bool {
		if success(status) {
			close(ended)
			return true
		}
		return false
	}
	e.inTurn(func() { e.policies[m.Policy] = &policy })
	e.Post(m)
	<-ended
	e.inTurn(func() {})
	return e.Attempts(history.Filter{}, 1)[0]
}

func TestPostCarriesHeadersAndBody(t *testing.T) {
	got := make(chan *http.Request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Header.Set("Body", string(body))
		got <- r
		fmt.Fprint(w, strings.Repeat("answer ", 1000))
	}))
	defer server.Close()
	p := policies()
	callback := p["callback"]
	callback.Prepare = func(_ context.Context, h Header, m *Message, attempt int) error {
		h.Set("Authorization", fmt.Sprintf("Bearer %s.%d", m.ID, attempt))
		return nil
	}
	p["callback"] = callback
	e := serving(t, Config{Policies: p})
	a := outcome(t, e, Message{ID: "1", Policy: "callback", URL: server.URL + "/x?sig=s3cret", Header: map[string]string{"Content-Type": "application/json"}, Body: []byte("[1]")})
	r := <-got
	if r.Method != "POST" || r.URL.RequestURI() != "/x?sig=s3cret" || r.Header.Get("User-Agent") != "Switchhook" ||
		r.Header.Get("Authorization") != "Bearer 1.1" || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Body") != "[1]" {
		t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
	}
	if a.Result != history.Delivered || a.Status != 200 || len(a.Answer) != keptAnswer || strings.Contains(a.URL, "s3cret") || !strings.HasSuffix(a.URL, "/x?sig=***") {
		t.Errorf("%+v", a)
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	visited := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited = true }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	a := outcome(t, serving(t, Config{}), callback(server.URL, "a"))
	if a.Status != 307 || a.Result != history.Failed || visited {
		t.Errorf("%+v, visited %v", a, visited)
	}
}

func TestPrivateAuthorityIsTrustedIfConfigured(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	if a := outcome(t, serving(t, Config{Roots: roots}), callback(server.URL, "a")); a.Result != history.Delivered {
		t.Errorf("with its root: %+v", a)
	}
	if a := outcome(t, serving(t, Config{Roots: x509.NewCertPool()}), callback(server.URL, "a")); a.Result != history.Failed || !strings.Contains(a.Error, "certificate") {
		t.Errorf("without: %+v", a)
	}
}

func TestRefusedAddressIsNotReachedNorRetried(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was reached") }))
	defer server.Close()
	check := func(to netip.AddrPort) error {
		if to.Addr().IsLoopback() {
			return errors.New("loopback")
		}
		return nil
	}
	a := outcome(t, serving(t, Config{CheckAddress: check}), callback(server.URL, "a"))
	if a.Result != history.Failed || !strings.Contains(a.Error, ErrAddressRefused.Error()) {
		t.Errorf("%+v", a)
	}
	if _, again := orderedPolicy().Retry(nil, Outcome{Err: fmt.Errorf("dial: %w", ErrAddressRefused)}); again {
		t.Error("a refused address is tried again")
	}
}

func TestEndlessAnswerIsCutOff(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 32<<10)); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	if a := outcome(t, serving(t, Config{}), callback(server.URL, "a")); a.Result != history.Delivered {
		t.Errorf("%+v", a)
	}
}

func TestPrepareErrorEndsTheMessage(t *testing.T) {
	p := policies()
	callback_ := p["callback"]
	callback_.Prepare = func(context.Context, Header, *Message, int) error { return errors.New("no key") }
	p["callback"] = callback_
	a := outcome(t, serving(t, Config{Policies: p}), callback("http://127.0.0.1:1/", "a"))
	if a.Result != history.Failed || !strings.Contains(a.Error, "no key") {
		t.Errorf("%+v", a)
	}
}

func TestWhatCannotBePostedIsRecorded(t *testing.T) {
	e := serving(t, Config{})
	e.Post(
		Message{ID: "policy", Policy: "none", URL: hook},
		Message{ID: "large", Policy: "callback", URL: hook, Body: make([]byte, MaxBody+1)},
		Message{ID: "url", Policy: "callback", URL: "://"},
	)
	if err := e.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.inTurn(func() {})
	for _, id := range []string{"policy", "large", "url"} {
		if a := e.Attempts(history.Filter{ID: id}, 1); len(a) != 1 || a[0].Result != history.Dropped || a[0].Reason == "" {
			t.Errorf("%s: %+v", id, a)
		}
	}
}

func TestTooManyEventsAreDroppedNotKept(t *testing.T) {
	stuck := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stuck }))
	defer server.Close()
	defer close(stuck)
	e := serving(t, Config{MaxQueued: 10, Attempts: history.Config{Size: 5}})
	for i := range 30 {
		e.Post(grid("call", fmt.Sprint(i)))
	}
	if n := e.open.Load(); n > 10 {
		t.Errorf("%d are kept", n)
	}
	if a := e.Attempts(history.Filter{Result: history.Dropped}, 100); len(a) != 5 || a[0].ID != "id-29" || a[4].ID != "id-25" {
		t.Errorf("the newest five are not what is remembered: %+v", a)
	}
}

func TestMetricsCountWhatHappened(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	registry := prometheus.NewPedanticRegistry()
	outcome(t, serving(t, Config{Metrics: registry}), callback(server.URL, "a"))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			found[f.GetName()] += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	for name, want := range map[string]float64{
		"switchhook_delivery_attempts_total": 1, "switchhook_delivery_events_total": 1, "switchhook_delivery_waiting_events": 0,
		"switchhook_delivery_first_attempt_seconds": 1, "switchhook_delivery_journal_write_seconds": 1, "switchhook_delivery_journal_records_total": 1,
	} {
		if got, ok := found[name]; !ok || got != want {
			t.Errorf("%s is %v, %v", name, got, ok)
		}
	}
}
