package delivery

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// TestFaultyEndpointsAreToldApart has what endpoints do wrong, over real sockets: each is
// told apart in the records, retried or not by Event Grid's rules, and delays no
// other endpoint.
func TestFaultyEndpointsAreToldApart(t *testing.T) {
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshake that must fail
	secure.StartTLS()
	defer secure.Close()
	ended := make(chan struct{})
	for _, test := range []struct {
		name    string
		url     string // instead of a server with the handler
		handler http.HandlerFunc
		status  int
		problem string // in the error, where there is no status
		result  history.Result
	}{
		{name: "accepts and never answers", handler: func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body) // so that the client's leaving is seen
			select {
			case <-r.Context().Done():
			case <-ended:
			}
		}, problem: "no answer", result: history.Retried},
		{name: "answers one byte a second", handler: func(w http.ResponseWriter, r *http.Request) {
			conn, out, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			defer conn.Close()
			for _, b := range []byte("HTTP/1.1 200 OK\r\n") {
				if out.WriteByte(b) != nil || out.Flush() != nil {
					return
				}
				select {
				case <-time.After(time.Second):
				case <-ended:
					return
				}
			}
		}, problem: "no answer", result: history.Retried},
		{name: "answers 10 MB", handler: func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, strings.Repeat("x", 10<<20))
		}, status: 200, result: history.Delivered},
		{name: "closes mid-body", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, status: 200, result: history.Delivered}, // the status was given: more is not asked for
		{name: "closes before its answer", handler: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, problem: "EOF", result: history.Retried},
		{name: "redirects", handler: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, status: 307, result: history.Retried},
		{name: "has a wrong certificate", url: secure.URL, problem: "certificate", result: history.Retried},
		{name: "resolves to nothing", url: "http://nowhere..invalid/events", problem: "nowhere..invalid", result: history.Retried}, // no name server is asked for that
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.url == "" {
				faulty := httptest.NewUnstartedServer(test.handler)
				faulty.Start()
				defer faulty.Close()
				test.url = faulty.URL
			}
			arrived := make(chan struct{}, 1)
			healthy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived <- struct{}{} }))
			defer healthy.Close()
			policy := scheduledPolicy()
			policy.Timeout, policy.Late = 20*time.Second, 0 // a machine or a resolver may be slow
			if test.problem == "no answer" {
				policy.Timeout = 200 * time.Millisecond // instead of 30 s
			}
			e := serving(t, Config{Policies: map[string]Policy{"eventgrid": policy}})
			e.Post(Message{ID: "faulty", Policy: "eventgrid", Group: "A", Lane: "A/1", URL: test.url, Body: []byte("[]")})
			e.Post(Message{ID: "healthy", Policy: "eventgrid", Group: "B", Lane: "B/1", URL: healthy.URL, Body: []byte("[]")})
			<-arrived
			got := recordOf(t, e, "faulty")
			if len(got) != 1 || got[0].Result != test.result || got[0].Status != test.status || !strings.Contains(got[0].Error, test.problem) {
				t.Errorf("recorded %+v", got)
			}
			if len(got) == 1 && len(got[0].Answer) > keptAnswer {
				t.Errorf("%d bytes of the answer are kept", len(got[0].Answer))
			}
		})
	}
	close(ended)
}

// recordOf waits for what is recorded of an event's first attempt.
func recordOf(t *testing.T, e *Engine, id string) []history.Attempt {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(25 * time.Second); time.Now().Before(deadline); <-tick.C {
		if got := e.Attempts(history.Filter{ID: id}, 1); len(got) > 0 {
			return got
		}
	}
	return nil
}
