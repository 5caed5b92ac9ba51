package eventgrid

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// readValidation reads a validation event as an application does.
func readValidation(t testing.TB, r *http.Request) (code, link string) {
	t.Helper()
	var events []struct {
		EventType string         `json:"eventType"`
		Data      validationData `json:"data"`
	}
	if err := json.NewDecoder(r.Body).Decode(&events); err != nil || len(events) != 1 {
		t.Errorf("a validation request holds %d events (%v), want one", len(events), err)
		return "", ""
	}
	if events[0].EventType != "Microsoft.EventGrid.SubscriptionValidationEvent" {
		t.Errorf("event type %q", events[0].EventType)
	}
	return events[0].Data.Code, events[0].Data.URL
}

// answering is an endpoint that gives one answer; CODE stands for the code.
func answering(t testing.TB, status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		code, _ := readValidation(t, r)
		w.WriteHeader(status)
		io.WriteString(w, strings.ReplaceAll(body, "CODE", code))
	}
}

func TestHandshakesConsentByTheEchoAlone(t *testing.T) {
	for _, row := range []struct {
		name    string
		handler http.HandlerFunc
		want    outcome
		reasons []string // parts of what the owner is told
	}{
		{"echo", answering(t, 200, `{"validationResponse":"CODE"}`), consented, nil},
		{"echo in the other common spelling", answering(t, 200, `{"ValidationResponse":"CODE"}`), consented, nil},
		{"echo after a byte order mark", answering(t, 200, "\ufeff"+`{"validationResponse":"CODE"}`), consented, nil},
		{"echo in a dictionary that Python has printed", answering(t, 200, `{'validationResponse': 'CODE'}`), consented, nil},
		{"wrong echo in single quotes", answering(t, 200, `{'validationResponse': 'x'}`), refused, []string{"another code"}},
		{"echo among other members", answering(t, 200, `{"ok":true,"validationResponse":"CODE"}`), consented, nil},
		{"202 with the echo", answering(t, 202, `{"validationResponse":"CODE"}`), refused, []string{"202 Accepted", "expected 200"}},
		{"201 with the echo", answering(t, 201, `{"validationResponse":"CODE"}`), refused, []string{"201 Created"}},
		{"wrong echo", answering(t, 200, `{"validationResponse":"x"}`), refused, []string{"another code", `\"x\"`, "expected {"}},
		{"empty 200", answering(t, 200, ""), deferred, []string{"200 OK with an empty body", "validationUrl"}},
		{"200 that is no JSON", answering(t, 200, "hello"), deferred, []string{`the body "hello"`, "does not echo"}},
		{"200 without the member", answering(t, 200, `{"status":"ok"}`), deferred, []string{"does not echo"}},
		{"200 with a number", answering(t, 200, `{"validationResponse":7}`), deferred, []string{"does not echo"}},
		{"echo in an array", answering(t, 200, `[{"validationResponse":"CODE"}]`), deferred, []string{"does not echo"}},
		{"404", answering(t, 404, "no such page"), refused, []string{"404 Not Found", `"no such page"`, "expected 200"}},
		{"500", answering(t, 500, ""), refused, []string{"500 Internal Server Error with an empty body"}},
		{"long answer is shortened", answering(t, 400, strings.Repeat("é", 5000)), refused, []string{"é…"}},
		{"redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere?secret=1", http.StatusTemporaryRedirect)
		}, refused, []string{"307 Temporary Redirect to /elsewhere (redirects are not followed"}},
		{"closes the connection", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, refused, []string{"closed the connection"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			server := httptest.NewServer(row.handler)
			defer server.Close()
			got := newHandshake(server.Client().Transport, nil, testTopic, time.Now).ask(t.Context(), invitation{
				label: "INCOMING", endpoint: server.URL + "/events?secret=hush", code: "c0de", url: "https://here/eventgrid/validate?id=1&t=2"})
			if got.outcome != row.want {
				t.Fatalf("outcome %d (%s), want %d", got.outcome, got.reason, row.want)
			}
			for _, part := range row.reasons {
				if !strings.Contains(got.reason, part) {
					t.Errorf("reason %q lacks %q", got.reason, part)
				}
			}
			if strings.Contains(got.reason, "secret") {
				t.Errorf("reason %q tells a secret", got.reason)
			}
			if len(got.reason) > 900 {
				t.Errorf("reason has %d bytes", len(got.reason))
			}
		})
	}
}

func TestHandshakeFailsWithoutEndpoint(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + listener.Addr().String()
	listener.Close()
	selfSigned := httptest.NewUnstartedServer(http.NotFoundHandler())
	selfSigned.Config.ErrorLog = log.New(io.Discard, "", 0)
	selfSigned.StartTLS()
	defer selfSigned.Close()

	for _, row := range []struct{ name, endpoint, reason string }{
		{"nothing listens", closed + "/events?secret=hush", "connection refused"},
		{"self-signed certificate", selfSigned.URL + "/events?secret=hush", "its certificate is not trusted"},
		{"https to an http port", "https" + strings.TrimPrefix(plainServer(t), "http") + "/?secret=hush", "HTTP response to HTTPS client"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := newHandshake(http.DefaultTransport, nil, testTopic, time.Now).ask(t.Context(), invitation{endpoint: row.endpoint})
			if got.outcome != refused || !strings.Contains(got.reason, row.reason) || strings.Contains(got.reason, "hush") {
				t.Errorf("verdict %d %q, want %q without the query", got.outcome, got.reason, row.reason)
			}
		})
	}
}

func plainServer(t testing.TB) string {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	return server.URL
}

func TestHandshakeRequestIsAsDocumented(t *testing.T) {
	var header http.Header
	var body []map[string]any
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		header = r.Header
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	newHandshake(nil, nil, testTopic, time.Now).ask(t.Context(), invitation{label: "INCOMING", endpoint: server.URL, code: "c0de", url: "https://here"})
	for name, want := range map[string]string{
		"Content-Type":          "application/json; charset=utf-8",
		"aeg-event-type":        "SubscriptionValidation",
		"aeg-subscription-name": "INCOMING",
		"aeg-delivery-count":    "0",
		"aeg-metadata-version":  "1",
		"aeg-data-version":      "1",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if len(body) != 1 || body[0]["subject"] != "" || body[0]["topic"] != testTopic || body[0]["dataVersion"] != "1" || body[0]["metadataVersion"] != "1" {
		t.Fatalf("body %v", body)
	}
	if body[0]["id"] != header.Get("aeg-output-event-id") {
		t.Errorf("id %v is not aeg-output-event-id %q", body[0]["id"], header.Get("aeg-output-event-id"))
	}
}

// roundTrip is a transport without sockets, for tests of time.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func reply(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

func TestHandshakeTimeoutIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var counts []string
		slow := roundTrip(func(r *http.Request) (*http.Response, error) {
			counts = append(counts, r.Header.Get(headerDeliveryCount))
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		start := time.Now()
		got := newHandshake(slow, nil, testTopic, time.Now).ask(t.Context(), invitation{endpoint: "http://127.0.0.1:1/?secret=hush"})
		if got.outcome != refused || !strings.Contains(got.reason, "within 30s, in 3 attempts") {
			t.Errorf("verdict %d %q", got.outcome, got.reason)
		}
		if took := time.Since(start); took != 100*time.Second { // 30 + 5 + 30 + 5 + 30
			t.Errorf("gave up after %s", took)
		}
		if strings.Join(counts, " ") != "0 1 2" {
			t.Errorf("delivery counts %v", counts)
		}
	})
}

func TestHandshakeSucceedsAtSecondAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		transport := roundTrip(func(r *http.Request) (*http.Response, error) {
			if attempts++; attempts == 1 {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return reply(200, echo("c0de")), nil
		})
		got := newHandshake(transport, nil, testTopic, time.Now).ask(t.Context(), invitation{endpoint: "http://127.0.0.1:1", code: "c0de"})
		if got.outcome != consented || attempts != 2 {
			t.Errorf("verdict %d %q after %d attempts", got.outcome, got.reason, attempts)
		}
	})
}

func TestHandshakeEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		transport := roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		time.AfterFunc(time.Second, func() { cancel(errors.New("deleted")) })
		start := time.Now()
		newHandshake(transport, nil, testTopic, time.Now).ask(ctx, invitation{endpoint: "http://127.0.0.1:1"})
		if took := time.Since(start); took != time.Second {
			t.Errorf("went on for %s", took)
		}
	})
}
