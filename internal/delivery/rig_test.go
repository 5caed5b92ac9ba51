package delivery

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// webhooks answers in memory, so that time can be the bubble's.
type webhooks struct {
	begun time.Time
	mu    sync.Mutex
	got   []hit
	// answer is asked for each POST, n counted from 1 for each body.
	answer func(url, body string, n int) reply
}

type hit struct {
	url, body string
	at        time.Duration // since the start of the test
	header    http.Header
}

type reply struct {
	status int // 0: the connection is refused
	after  time.Duration
	unsent bool // the connection is not made
	panics bool // the client does
	header map[string]string
}

func (w *webhooks) RoundTrip(req *http.Request) (*http.Response, error) {
	data, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	body := string(data)
	w.mu.Lock()
	n := 1
	for _, h := range w.got {
		if h.body == body {
			n++
		}
	}
	w.got = append(w.got, hit{req.URL.String(), body, time.Since(w.begun), req.Header})
	r := reply{status: 200}
	if w.answer != nil {
		r = w.answer(req.URL.String(), body, n)
	}
	w.mu.Unlock()
	if r.panics {
		panic("the client is broken")
	}
	if trace := httptrace.ContextClientTrace(req.Context()); trace != nil && r.after > 0 && !r.unsent {
		trace.WroteRequest(httptrace.WroteRequestInfo{})
	}
	select {
	case <-time.After(r.after):
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	if r.status == 0 {
		return nil, errors.New("connection refused")
	}
	answer := &http.Response{StatusCode: r.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("ok " + body)), Request: req}
	for name, value := range r.header {
		answer.Header.Set(name, value)
	}
	return answer, nil
}

// times returns when each POST of the body began, in milliseconds.
func (w *webhooks) times(body string) []int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	var at []int64
	for _, h := range w.got {
		if h.body == body {
			at = append(at, h.at.Milliseconds())
		}
	}
	return at
}

func (w *webhooks) bodies() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, h := range w.got {
		all = append(all, h.body)
	}
	return all
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// run starts an engine over the journal in a bubble, and stops it at the end.
func run(t *testing.T, memory journal.Store, hooks *webhooks, test func(e *Engine, holds []journal.Hold)) {
	t.Helper()
	runWith(t, Config{}, memory, hooks, test)
}

func runWith(t *testing.T, cfg Config, memory journal.Store, hooks *webhooks, test func(e *Engine, holds []journal.Hold)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		hooks.begun = time.Now()
		if cfg.Policies == nil {
			cfg.Policies = policies()
		}
		cfg.Client = &http.Client{Transport: hooks, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		e := New(cfg, memory, quiet())
		holds, err := e.Start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			_ = e.Stop(ctx)
		}()
		test(e, holds)
	})
}

// callback is a message of a connection "c" to a URL.
func callback(url, body string) Message {
	return Message{ID: "id-" + body, Policy: "callback", Group: "c", Lane: "c " + url, URL: url, Body: []byte(body)}
}

const hook = "http://app.test/callbacks"
