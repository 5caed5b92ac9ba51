package phonenumbers

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/golden"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
)

const version = "?api-version=2025-06-01"

// everyone lets all requests in: who may is auth's business.
type everyone struct{}

func (everyone) Authenticate(*http.Request, auth.Body, auth.Scope) (auth.Principal, error) {
	return auth.Principal{}, nil
}

// fixture is the API with a clock that stands until it is moved.
type fixture struct {
	*API
	router *rest.Router
	now    time.Time
}

func newFixture(t testing.TB, backend store.Backend, change ...func(*Config)) *fixture {
	t.Helper()
	f := &fixture{now: time.Date(2026, 11, 20, 13, 4, 0, 500e6, time.UTC)}
	cfg := Config{
		Owned:     []string{"+15550100002", "+15550100001"},
		Available: []string{"+14255550101", "+14255550102", "+18005550100", "+33155501234", "+447700900123", "+15550100001"},
		Store:     backend, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return f.now },
	}
	for _, c := range change {
		c(&cfg)
	}
	var err error
	if f.API, err = New(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	f.router = rest.New(rest.Config{Auth: everyone{}, Log: slog.New(slog.DiscardHandler)})
	f.Register(f.router)
	return f
}

func inMemory(t testing.TB) *fixture {
	f := newFixture(t, store.InMemory())
	t.Cleanup(f.Close)
	return f
}

// send sends a request; a target without a query gets the api-version.
func (f *fixture) send(t testing.TB, method, target, body string, status int) *httptest.ResponseRecorder {
	t.Helper()
	if !strings.Contains(target, "?") {
		target += version
	}
	w := httptest.NewRecorder()
	f.router.ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
	if w.Code != status {
		t.Fatalf("%s %s %s: got %d %s, want %d", method, target, body, w.Code, w.Body, status)
	}
	return w
}

// read decodes the answer to a GET.
func read[T any](t testing.TB, f *fixture, target string) (value T) {
	t.Helper()
	if err := json.Unmarshal(f.send(t, "GET", target, "", 200).Body.Bytes(), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// code is the error's code in an answer.
func code(t testing.TB, w *httptest.ResponseRecorder) string {
	t.Helper()
	var got struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Error.Message == "" {
		t.Fatalf("%s: %v", w.Body, err)
	}
	return got.Error.Code
}

type operationAnswer struct {
	OperationType, Status, ResourceLocation, ID string
	Error                                       *failure
}

// ended follows an accepted operation as clients do.
func (f *fixture) ended(t testing.TB, w *httptest.ResponseRecorder, status string) operationAnswer {
	t.Helper()
	got := read[operationAnswer](t, f, w.Header().Get("Operation-Location"))
	if got.Status != status || got.ID != w.Header().Get("Operation-Id") || (got.Error != nil) != (status == failed) {
		t.Fatalf("got %+v %+v, want it %s", got, got.Error, status)
	}
	return got
}

// find searches US geographic numbers and returns the id and what was found.
func (f *fixture) find(t testing.TB, more string) (id string, numbers []string) {
	t.Helper()
	w := f.send(t, "POST", "/availablePhoneNumbers/countries/US/:search", `{"phoneNumberType":"geographic","assignmentType":"application"`+more+`}`, 202)
	f.ended(t, w, succeeded)
	got := read[struct{ PhoneNumbers []string }](t, f, w.Header().Get("Location"))
	return w.Header().Get("Search-Id"), got.PhoneNumbers
}

var randomID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// isGolden compares an answer with a file; ids that are random are written as one.
func isGolden(t *testing.T, name string, w *httptest.ResponseRecorder) {
	t.Helper()
	got := randomID.ReplaceAllString(w.Body.String(), "00000000-0000-4000-8000-000000000001")
	golden.Compare(t, filepath.Join("testdata", name+".json"), []byte(got+"\n"))
}
