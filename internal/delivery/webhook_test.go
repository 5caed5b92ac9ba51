package delivery

import (
	"context"
	"fmt"
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
	o := webhook{newClient(Config{})}.Send(t.Context(), parcel(server.URL, "[]"))
	if o.Status != 200 || string(o.Answer) != "half" {
		t.Errorf("outcome %+v", o)
	}
}

func TestAnswerThatTricklesKeepsNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 202, Header: http.Header{}, Body: trickle{req.Context()}, Request: req}, nil
		})}
		begun := time.Now()
		o := webhook{client}.Send(t.Context(), parcel("http://app.test/", "[]"))
		if took := time.Since(begun); o.Status != 202 || took != answerTimeout {
			t.Errorf("outcome %+v after %v", o, took)
		}
	})
}

// trickle is an answer whose body never comes.
type trickle struct{ ctx context.Context }

func (b trickle) Read([]byte) (int, error) { <-b.ctx.Done(); return 0, b.ctx.Err() }
func (b trickle) Close() error             { return nil }

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
