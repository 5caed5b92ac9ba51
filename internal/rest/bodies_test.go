package rest

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
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

// TestSlowBodiesLeaveRoom: a sender who says nothing of a body's length, or that it is long,
// and sends a little of it, takes memory for that alone.
func TestSlowBodiesLeaveRoom(t *testing.T) {
	admit := authenticate(func(_ *http.Request, body auth.Body) (auth.Principal, error) {
		_, err := body()
		return auth.Principal{Key: "primary"}, err
	})
	rt := New(Config{Auth: admit, Bodies: 4 * DefaultMaxBody, Log: slog.New(slog.DiscardHandler)})
	rt.Handle(http.MethodPost, "/own", func(_ http.ResponseWriter, r *http.Request) error {
		if body, err := io.ReadAll(r.Body); err != nil || len(body) != DefaultMaxBody {
			return fmt.Errorf("the body has %d bytes (%v)", len(body), err)
		}
		return nil
	}, NoVersion())
	send := func(body io.Reader, length int64) int {
		r := httptest.NewRequest(http.MethodPost, "http://localhost/own", body)
		r.ContentLength = length
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		return w.Code
	}
	end := make(chan struct{})
	var slow sync.WaitGroup
	for n := range 32 {
		length := int64(-1)
		if n%2 == 0 {
			length = DefaultMaxBody
		}
		began := make(chan struct{}, 1)
		slow.Go(func() {
			if status := send(&slowReader{began, end}, length); status == http.StatusServiceUnavailable {
				t.Errorf("slow body %d finds no room", n)
				began <- struct{}{}
			}
		})
		<-began
	}
	for _, length := range []int64{-1, DefaultMaxBody} {
		if status := send(&countingReader{left: DefaultMaxBody}, length); status != http.StatusOK {
			t.Errorf("a body of length %d beside slow ones: %d", length, status)
		}
	}
	if status := send(&countingReader{left: DefaultMaxBody + 1}, -1); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body that is too long: %d", status)
	}
	close(end)
	slow.Wait()
	if left := rt.bodies.left.Load(); left != 4*DefaultMaxBody {
		t.Errorf("%d bytes of the budget are left", left)
	}
}

// slowReader is a body that begins and does not go on.
type slowReader struct{ began, end chan struct{} }

func (s *slowReader) Read(p []byte) (int, error) {
	if s.began != nil {
		s.began <- struct{}{}
		s.began = nil
		return copy(p, "{"), nil
	}
	<-s.end
	return 0, io.ErrUnexpectedEOF
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

// TestCompressedBodyIsNamed: a client that compresses is told so, not that its body is no JSON.
func TestCompressedBodyIsNamed(t *testing.T) {
	f := newFixture(t)
	f.Handle("POST", "/calling/callConnections", nothing)
	const target = "/calling/callConnections?api-version=2026-03-12"
	got := f.want(t, f.send(t, "POST", target, "\x1f\x8b", "Content-Encoding", "gzip"), 400, "8523")
	if got.Error.Target != "Content-Encoding" {
		t.Errorf("got %+v", got.Error)
	}
	for _, none := range []string{"identity", "utf-8", "UTF-8", ""} {
		f.want(t, f.send(t, "POST", target, "{}", "Content-Encoding", none), 200, "")
	}
	f.want(t, f.send(t, "POST", target, "", "Content-Encoding", "gzip"), 200, "")
}
