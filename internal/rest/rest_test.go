package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/auth/authtest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

var testTime = time.Date(2026, 11, 20, 13, 4, 0, 0, time.UTC)

// fixture is a router whose requests are really signed.
type fixture struct {
	*Router
	key   auth.Key // of who sends
	other auth.Key // of another
	log   bytes.Buffer
	now   time.Time
}

func newFixture(t testing.TB, change ...func(*Config)) *fixture {
	t.Helper()
	f := &fixture{key: auth.NewKey(), other: auth.NewKey(), now: testTime}
	keys, err := auth.NewKeys(f.key, f.other)
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return f.now }
	cfg := Config{Auth: auth.NewAuthenticator(auth.Config{Keys: keys, Now: now}), Now: now,
		Log: slog.New(slog.NewTextHandler(&f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, c := range change {
		c(&cfg)
	}
	f.Router = New(cfg)
	return f
}

// send signs a request and serves it. Headers come in pairs.
func (f *fixture) send(t testing.TB, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "localhost:8443"
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if err := authtest.Sign(r, []byte(body), f.key.Base64(), f.now); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

func (f *fixture) want(t *testing.T, w *httptest.ResponseRecorder, status int, code string) wireError {
	t.Helper()
	var got wireError
	if w.Code != status {
		t.Fatalf("status %d, want %d: %s\n%s", w.Code, status, w.Body, &f.log)
	}
	if code == "" {
		return got
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Error.Code != code || got.Error.Message == "" {
		t.Fatalf("body %s (%v), want code %s", w.Body, err, code)
	}
	if w.Header().Get("x-ms-error-code") != code || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		t.Fatalf("headers %v", w.Header())
	}
	return got
}

func nothing(http.ResponseWriter, *http.Request) error { return nil }

func TestEveryAnswerCarriesItsHeaders(t *testing.T) {
	f := newFixture(t)
	f.Handle("POST", "/calling/callConnections", func(w http.ResponseWriter, _ *http.Request) error {
		SetChainID(w, "the-correlation-id")
		return WriteJSON(w, 201, map[string]string{"url": "a<b>&c"})
	}, Success(201))
	f.Handle("POST", "/empty", nothing, Success(202))
	w := f.send(t, "POST", "/calling/callConnections?api-version=2026-03-12", "{}", "x-ms-client-request-id", "mine")
	if w.Code != 201 || w.Body.String() != `{"url":"a<b>&c"}` {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	for name, want := range map[string]string{"x-ms-client-request-id": "mine", "X-Microsoft-Skype-Chain-ID": "the-correlation-id", "Content-Type": "application/json; charset=utf-8"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	w = f.send(t, "POST", "/empty?api-version=2026-03-12", "", "x-ms-client-request-id", "bad\x01id")
	if w.Code != 202 || w.Body.Len() != 0 || w.Header().Get("Content-Type") != "" {
		t.Fatalf("got %d %q %v", w.Code, w.Body, w.Header())
	}
	if w.Header().Get("x-ms-request-id") == "" || len(w.Header().Get("X-Microsoft-Skype-Chain-ID")) != 36 || w.Header().Get("x-ms-client-request-id") != "" {
		t.Fatalf("headers %v", w.Header())
	}
}

func TestFaultsBecomeAzuresAnswers(t *testing.T) {
	tests := []struct {
		name    string
		err     error
		calling string // status and code under /calling
		general string // and elsewhere
	}{
		{"invalid", fault.Invalid("x"), "400 8523", "400 ValidationError"},
		{"not found", fault.NotFound("x"), "404 8522", "404 NotFound"},
		{"unauthorized", fault.Unauthorized("x"), "401 7509", "401 Denied"},
		{"forbidden", fault.Forbidden("x"), "403 7504", "403 Forbidden"},
		{"unsupported", fault.Unsupported("x"), "405 8520", "501 NotSupported"},
		{"conflict", fault.Conflict("x"), "409 8519", "409 Conflict"},
		{"wrong state", fault.Precondition("x"), "400 8585", "412 PreconditionFailed"},
		{"wrong media operation", fault.Precondition("x").WithCode("8583"), "412 8583", "412 8583"},
		{"own code", fault.Precondition("x").WithCode("8501"), "400 8501", "412 8501"},
		{"too large", fault.TooLarge("x"), "413 8523", "413 RequestTooLarge"},
		{"throttled", fault.Throttled(1500*time.Millisecond, "x"), "429 8516", "429 TooManyRequests"},
		{"busy", fault.Busy(0, "x"), "503 9001", "503 ServiceUnavailable"},
		{"unknown", errors.New("the disk is full"), "500 9999", "500 InternalServerError"},
		{"refused token", &auth.Denial{Scheme: auth.SchemeBearer, Reason: "x"}, "401 7501", "401 Denied"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for path, want := range map[string]string{"/calling/x": test.calling, "/x": test.general} {
				f := newFixture(t)
				f.Handle("GET", path, func(http.ResponseWriter, *http.Request) error { return test.err })
				w := f.send(t, "GET", path+"?api-version=2026-03-12", "")
				var got wireError
				json.Unmarshal(w.Body.Bytes(), &got)
				if have := w.Result().Status[:3] + " " + got.Error.Code; have != want {
					t.Errorf("%s: %s, want %s", path, have, want)
				}
				if strings.Contains(w.Body.String(), "disk") {
					t.Errorf("the cause was shown: %s", w.Body)
				}
				after := map[int]string{429: "2", 503: "1"}[w.Code]
				if w.Header().Get("Retry-After") != after {
					t.Errorf("%s: Retry-After %q, want %q", path, w.Header().Get("Retry-After"), after)
				}
			}
		})
	}
}

func TestUnsignedRequestIsRefused(t *testing.T) {
	f := newFixture(t)
	f.Handle("GET", "/calling/x", nothing)
	f.Handle("GET", "/identities", nothing)
	f.Handle("GET", "/open", nothing, NoAuth())
	for path, code := range map[string]string{"/calling/x": "7509", "/identities": "Denied"} {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequest("GET", path+"?api-version=2026-03-12", nil))
		got := f.want(t, w, 401, code)
		if !strings.Contains(got.Error.Message, "Authorization header is missing") || w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %s %v", path, w.Body, w.Header())
		}
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost/open?api-version=2026-03-12", nil))
	f.want(t, w, 200, "")
}

func TestAPIVersion(t *testing.T) {
	f := newFixture(t)
	f.Handle("GET", "/x", func(w http.ResponseWriter, r *http.Request) error {
		return WriteJSON(w, 200, APIVersion(r.Context()))
	})
	f.Handle("GET", "/free", nothing, NoVersion())
	for query, code := range map[string]string{
		"": "ApiVersionUnspecified", "?api-version=": "ApiVersionUnspecified", "?api-version=latest": "InvalidApiVersion",
		"?api-version=2026-13-12": "InvalidApiVersion", "?api-version=2026-03-12x": "InvalidApiVersion", "?api-version=2026-03-12-": "InvalidApiVersion",
		"?api-version=2026-03-12-PREVIEW": "InvalidApiVersion", "?api-version=2026-03-12-" + strings.Repeat("a", 40): "InvalidApiVersion",
	} {
		if got := f.want(t, f.send(t, "GET", "/x"+query, ""), 400, code); got.Error.Target != "api-version" {
			t.Errorf("%q: target %q", query, got.Error.Target)
		}
	}
	for _, version := range []string{"2026-03-12", "2025-03-02-preview", "2020-07-20-preview2", "2031-01-01-alpha.1"} {
		for _, name := range []string{"api-version", "API-Version"} {
			if w := f.send(t, "GET", "/x?a=b&"+name+"="+version, ""); w.Body.String() != `"`+version+`"` {
				t.Errorf("%s=%s: %d %s", name, version, w.Code, w.Body)
			}
		}
	}
	f.want(t, f.send(t, "GET", "/free", ""), 200, "")
}

func TestBodyIsBounded(t *testing.T) {
	f := newFixture(t)
	f.Handle("POST", "/x", nothing)
	f.want(t, f.send(t, "POST", "/x?api-version=2026-03-12", strings.Repeat("a", DefaultMaxBody)), 200, "")
	long := strings.Repeat("a", DefaultMaxBody+1)
	f.want(t, f.send(t, "POST", "/x?api-version=2026-03-12", long), 413, "RequestTooLarge")
	r := httptest.NewRequest("POST", "/x?api-version=2026-03-12", struct{ io.Reader }{strings.NewReader(long)})
	r.ContentLength = -1 // chunked
	r.Host = "localhost:8443"
	if err := authtest.Sign(r, []byte(long), f.key.Base64(), f.now); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	f.want(t, w, 413, "RequestTooLarge")
}

func TestUndeclaredSuccessIsRefused(t *testing.T) {
	f := newFixture(t)
	f.Handle("DELETE", "/x", func(w http.ResponseWriter, _ *http.Request) error {
		return WriteJSON(w, 200, "done")
	}, Success(204))
	w := f.send(t, "DELETE", "/x?api-version=2026-03-12", "")
	f.want(t, w, 500, "InternalServerError")
	if strings.Contains(w.Body.String(), "done") || !strings.Contains(f.log.String(), "does not declare") {
		t.Fatalf("%s\n%s", w.Body, &f.log)
	}
}

func TestPanicBecomesAnInternalError(t *testing.T) {
	f := newFixture(t)
	f.Handle("GET", "/x", func(http.ResponseWriter, *http.Request) error { panic("oops") })
	w := f.send(t, "GET", "/x?api-version=2026-03-12", "")
	got := f.want(t, w, 500, "InternalServerError")
	if !strings.Contains(got.Error.Message, w.Header().Get("x-ms-request-id")) || !strings.Contains(f.log.String(), "oops") {
		t.Fatalf("%s\n%s", w.Body, &f.log)
	}
}

func TestBusyServerRefusesChangesAlone(t *testing.T) {
	f := newFixture(t, func(c *Config) {
		c.Admit = func(Change) error { return fault.Busy(3*time.Second, "the server is stopping") }
	})
	f.Handle("POST", "/calling/callConnections", nothing, Success(201))
	f.Handle("GET", "/calling/callConnections/{id}", nothing)
	f.Handle("DELETE", "/calling/callConnections/{id}", nothing, Success(204), EvenWhenBusy())
	w := f.send(t, "POST", "/calling/callConnections?api-version=2026-03-12", "{}")
	f.want(t, w, 503, "9001")
	if w.Header().Get("Retry-After") != "3" {
		t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
	}
	f.want(t, f.send(t, "GET", "/calling/callConnections/1?api-version=2026-03-12", ""), 200, "")
	f.want(t, f.send(t, "DELETE", "/calling/callConnections/1?api-version=2026-03-12", ""), 204, "")
}

// TestWhatTakesAwayIsToldApart: where there is no room for more, removing makes some.
func TestWhatTakesAwayIsToldApart(t *testing.T) {
	f := newFixture(t, func(c *Config) {
		c.Admit = func(change Change) error {
			if change == Takes {
				return nil
			}
			return fault.Busy(0, "no room")
		}
	})
	f.Handle("POST", "/identities", nothing)
	f.Handle("POST", "/identities/{id}/:revokeAccessTokens", nothing, Removes())
	f.Handle("DELETE", "/identities/{id}", nothing)
	f.want(t, f.send(t, "POST", "/identities?api-version=2026-03-12", "{}"), 503, "ServiceUnavailable")
	f.want(t, f.send(t, "POST", "/identities/1/:revokeAccessTokens?api-version=2026-03-12", "{}"), 200, "")
	f.want(t, f.send(t, "DELETE", "/identities/1?api-version=2026-03-12", ""), 200, "")
}

func TestAccessLogHoldsNoSecretAndMetricsNoPath(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	f := newFixture(t, func(c *Config) { c.Metrics = registry })
	f.Handle("GET", "/identities/{id}", nothing)
	f.send(t, "GET", "/identities/8:acs:r_u?api-version=2026-03-12&secret=abc", "")
	f.send(t, "GET", "/unknown-path", "")
	log := f.log.String()
	if strings.Count(log, "request served") != 2 || strings.Contains(log, "Signature=") || strings.Contains(log, "secret=abc") || strings.Contains(log, f.key.Base64()) {
		t.Fatal(log)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, family := range families {
		text.WriteString(family.String())
	}
	for _, want := range []string{`"/identities/{id}"`, `"unknown"`, `"404"`} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	if strings.Contains(text.String(), "r_u") || strings.Contains(text.String(), "unknown-path") {
		t.Error("metrics hold a path")
	}
}

// TestStrangersDoNotFillTheLog: beyond a rate their refusals are counted alone. Those of senders
// who are known are told always.
func TestStrangersDoNotFillTheLog(t *testing.T) {
	f := newFixture(t)
	f.Handle("GET", "/rooms/{id}", func(http.ResponseWriter, *http.Request) error { return fault.NotFound("there is none") })
	told := func() (lines []string) {
		for line := range strings.Lines(f.log.String()) {
			if strings.Contains(line, "level=INFO") && strings.Contains(line, "request served") {
				lines = append(lines, line)
			}
		}
		f.log.Reset()
		return lines
	}
	for range loggedRefusals.Burst + 100 {
		f.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/rooms/1", nil))
	}
	if n := len(told()); n != loggedRefusals.Burst {
		t.Errorf("%d refusals of strangers are logged", n)
	}
	f.send(t, "GET", "/rooms/1?api-version=2025-03-13", "")
	if n := len(told()); n != 1 {
		t.Errorf("a failure of somebody who is known has %d lines", n)
	}
	f.now = f.now.Add(time.Second)
	f.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/rooms/1", nil))
	if lines := told(); len(lines) != 1 || !strings.Contains(lines[0], "lines_left_out_before=100") {
		t.Errorf("a second later: %q", lines)
	}
}

func TestTwoRoutersShareTheirMetrics(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	a := newFixture(t, func(c *Config) { c.Metrics = registry })
	b := newFixture(t, func(c *Config) { c.Metrics = registry })
	if a.metrics.requests != b.metrics.requests {
		t.Fatal("the second router counts for itself")
	}
}

func TestClientThatLeftGetsNothing(t *testing.T) {
	f := newFixture(t)
	f.Handle("GET", "/x", func(_ http.ResponseWriter, r *http.Request) error { return context.Cause(r.Context()) }, NoAuth())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequest("GET", "/x?api-version=2026-03-12", nil).WithContext(ctx))
	if w.Body.Len() != 0 || !strings.Contains(f.log.String(), "status=499") || strings.Contains(f.log.String(), "level=ERROR") {
		t.Fatalf("%q\n%s", w.Body, &f.log)
	}
}

func newRepeatability(t testing.TB, backend store.Backend) *Repeatability {
	t.Helper()
	p, err := NewRepeatability(backend, "answers")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}
