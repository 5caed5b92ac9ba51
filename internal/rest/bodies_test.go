package rest

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/fault"
)

// TestStrangersBodiesTakeNoMemory asks that nothing is read of a body before its
// sender is known, that routes for everybody read none, and that the bodies of
// senders share one budget.
func TestStrangersBodiesTakeNoMemory(t *testing.T) {
	refuse := authenticate(func(r *http.Request, body auth.Body) (auth.Principal, error) {
		if r.Header.Get("Authorization") == "" {
			return auth.Principal{}, fault.Unauthorized("who is it?")
		}
		_, err := body()
		return auth.Principal{Key: "primary"}, err
	})
	rt := New(Config{Auth: refuse, Bodies: 1000, MaxBody: 800, Log: slog.New(slog.DiscardHandler)})
	inside, leave := make(chan struct{}), make(chan struct{})
	rt.Handle(http.MethodPost, "/own", func(http.ResponseWriter, *http.Request) error { inside <- struct{}{}; <-leave; return nil }, NoVersion())
	rt.Handle(http.MethodPost, "/open", func(_ http.ResponseWriter, r *http.Request) error { return nil }, NoVersion(), NoAuth())
	send := func(path string, size int, signed bool) (status int, read int) {
		body := &countingReader{left: size}
		r := httptest.NewRequest(http.MethodPost, "http://localhost"+path, body)
		r.ContentLength = int64(size)
		if signed {
			r.Header.Set("Authorization", "x")
		}
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		return w.Code, body.read
	}
	if status, read := send("/own", 700, false); status != http.StatusUnauthorized || read != 0 {
		t.Errorf("a stranger gets %d, and %d bytes were read", status, read)
	}
	if status, read := send("/open", 700, false); status != http.StatusOK || read != 0 {
		t.Errorf("the open route answers %d and read %d bytes", status, read)
	}
	go send("/own", 700, true)
	<-inside
	if status, read := send("/own", 700, true); status != http.StatusServiceUnavailable || read != 0 {
		t.Errorf("beyond the budget: %d, %d bytes read", status, read)
	}
	leave <- struct{}{}
	go func() { <-inside; leave <- struct{}{} }()
	for status := 0; status != http.StatusOK; { // the budget is given back
		status, _ = send("/own", 700, true)
	}
}

type authenticate func(*http.Request, auth.Body) (auth.Principal, error)

func (a authenticate) Authenticate(r *http.Request, body auth.Body, _ auth.Scope) (auth.Principal, error) {
	return a(r, body)
}

// countingReader counts what is read of so many bytes.
type countingReader struct{ left, read int }

func (c *countingReader) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), c.left)
	c.left -= n
	c.read += n
	return n, nil
}
