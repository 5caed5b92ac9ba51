package connlimit

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
)

// untaken is a ResponseWriter of a client that takes nothing until it is let.
type untaken struct {
	*httptest.ResponseRecorder
	taken chan struct{}
}

// Flush waits for the client.
func (w untaken) Flush() { <-w.taken }

// TestAnswersThatNobodyTakesAreBounded: over HTTP/2 one connection carries any number of
// requests, and a client that takes no answer keeps them.
func TestAnswersThatNobodyTakesAreBounded(t *testing.T) {
	l := New(Config{Connections: 10, PerSource: 4, Exempt: loopback})
	taken, served := make(chan struct{}), make(chan string, strangerRequests)
	atOnce := make(chan struct{})
	close(atOnce)
	handler := Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { served <- r.RemoteAddr }))
	ask := func(c opened, protocol int, taken chan struct{}) (reset bool) {
		defer func() { reset = recover() != nil }()
		r := httptest.NewRequestWithContext(context.WithValue(t.Context(), connectionKey{}, c.Connection), http.MethodGet, "/", nil)
		r.ProtoMajor = protocol
		handler.ServeHTTP(untaken{httptest.NewRecorder(), taken}, r)
		return false
	}
	done := make(chan error)
	asks := func(c opened, protocol int) {
		go func() {
			if ask(c, protocol, taken) {
				done <- errors.New("a request within the bound was reset")
				return
			}
			done <- nil
		}()
		<-served
	}
	greedy, next := open(l, "192.0.2.66"), open(l, "192.0.2.66")
	for n := range strangerRequests {
		asks([]opened{greedy, next}[n%2], 2)
	}
	if !ask(greedy, 2, atOnce) || !ask(next, 2, atOnce) {
		t.Error("a source has more requests than it may")
	}
	known, other, local := open(l, "192.0.2.66"), open(l, "192.0.2.2"), open(l, "127.0.0.1")
	known.prove()
	for _, c := range []opened{known, other, local} {
		asks(c, 2)
	}
	asks(greedy, 1)
	close(taken)
	for range strangerRequests + 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if len(l.requests) != 0 {
		t.Errorf("%v are counted of requests that are over", l.requests)
	}
}
