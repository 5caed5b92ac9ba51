package delivery

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnswerThatBreaksOffCounts(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, "half")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	o := webhook{client: newClient(Config{})}.Send(t.Context(), parcel(server.URL, "[]"))
	if o.Status != 200 || string(o.Answer) != "half" {
		t.Errorf("outcome %+v", o)
	}
}

func TestAnswerThatTricklesKeepsNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 202, Header: http.Header{}, Body: newTrickle(), Request: req}, nil
		})}
		begun := time.Now()
		o := webhook{client: client}.Send(t.Context(), parcel("http://app.test/", "[]"))
		if took := time.Since(begun); o.Status != 202 || took != answerTimeout {
			t.Errorf("outcome %+v after %v", o, took)
		}
	})
}

// trickle is an answer whose body never comes.
type trickle struct{ ctx context.Context }

func newTrickle() io.ReadCloser {
	ctx, end := context.WithCancel(context.Background())
	return struct {
		io.Reader
		io.Closer
	}{trickle{ctx}, closer(end)}
}

func (b trickle) Read([]byte) (int, error) { <-b.ctx.Done(); return 0, b.ctx.Err() }

type closer func()

func (c closer) Close() error { c(); return nil }

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestWebhookContinuesTheTraceOfItsCall(t *testing.T) {
	const parent = "00-5a3b0f4e0d3f4c519f396a4a0d9b8c11-00f067aa0ba902b7-01"
	got := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header.Get("Traceparent") }))
	defer server.Close()
	w := webhook{client: newClient(Config{}), traceParent: func(_ *Message, attempt int) string {
		if attempt != 1 {
			t.Errorf("attempt %d", attempt)
		}
		return parent
	}}
	p := parcel(server.URL, "[]")
	p.Attempt = 1
	w.Send(t.Context(), p)
	if header := <-got; header != parent {
		t.Errorf("got %q", header)
	}
}
