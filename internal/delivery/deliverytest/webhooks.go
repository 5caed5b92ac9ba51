// Package deliverytest runs a delivery engine for the tests of publishers: in a
// bubble of synctest, where days pass at once, with webhooks in memory.
package deliverytest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// Webhooks answer in memory. The zero Webhooks answer 200 to everything.
type Webhooks struct {
	// Answer is asked for each POST, n counted from 1 for each body.
	Answer func(url, body string, n int) Reply

	begun time.Time
	mu    sync.Mutex
	posts []post
}

// Reply is how a webhook answers.
type Reply struct {
	Status int // 0: the connection is refused
	After  time.Duration
}

type post struct {
	body string
	at   time.Duration
}

// RoundTrip implements http.RoundTripper.
func (w *Webhooks) RoundTrip(req *http.Request) (*http.Response, error) {
	data, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	body := string(data)
	w.mu.Lock()
	w.posts = append(w.posts, post{body, time.Since(w.begun)})
	w.mu.Unlock()
	answer := Reply{Status: http.StatusOK}
	if w.Answer != nil {
		answer = w.Answer(req.URL.String(), body, len(w.Times(body)))
	}
	select {
	case <-time.After(answer.After):
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	if answer.Status == 0 {
		return nil, errors.New("connection refused")
	}
	return &http.Response{StatusCode: answer.Status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("ok " + body)), Request: req}, nil
}

// Times returns when each POST of a body began, since the start.
func (w *Webhooks) Times(body string) (at []time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.posts {
		if p.body == body {
			at = append(at, p.at)
		}
	}
	return at
}

// Run starts an engine in a bubble, and stops it at the end of the test.
func Run(t *testing.T, cfg delivery.Config, hooks *Webhooks, test func(t *testing.T, e *delivery.Engine)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		hooks.begun = time.Now()
		cfg.Client = &http.Client{Transport: hooks, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		e := delivery.New(cfg, journal.InMemory(), slog.New(slog.DiscardHandler))
		if _, err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer func() {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			_ = e.Stop(ctx)
		}()
		test(t, e)
	})
}
