package samples

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

func newPages(guests bool) *Pages {
	return New(Config{
		Guests: guests,
		User:   func(context.Context, string) (string, string, error) { return "8:acs:user", "token", nil },
		Room:   func(context.Context) (string, error) { return "room", nil },
		Invite: func(_ context.Context, room, _, _ string) error {
			if room != "room" {
				return fault.NotFound("there is no room %s", room)
			}
			return nil
		},
		Origin: func(r *http.Request) string { return "http://" + r.Host },
		Log:    slog.New(slog.DiscardHandler),
		Now:    func() time.Time { return time.Unix(1, 0) },
	})
}

// asks is how a page of the server asks for a guest; change makes another request of it.
func asks(pages *Pages, body string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8080/samples/rooms/guest", strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:4711"
	r.Header.Set("Origin", "http://127.0.0.1:8080")
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	pages.ServeHTTP(w, r)
	return w
}

func TestPageGetsAGuest(t *testing.T) {
	w := asks(newPages(true), `{"role":"Presenter"}`, nil)
	var got guestAnswer
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if want := (guestAnswer{Room: "room", User: "8:acs:user", Token: "token", Role: "Presenter"}); got != want || w.Code != http.StatusOK {
		t.Errorf("%d %+v, want %+v", w.Code, got, want)
	}
}

func TestGuestsAreForPagesOfThisMachineAlone(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"another machine": func(r *http.Request) { r.RemoteAddr = "192.0.2.1:4711" },
		"another name": func(r *http.Request) {
			r.Host = "calls.example.com"
			r.Header.Set("Origin", "http://calls.example.com")
		},
		"a page of another site":  func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
		"a page on another port":  func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:9090") },
		"no page at all":          func(r *http.Request) { r.Header.Del("Origin") },
		"a frame":                 func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"somebody behind a proxy": func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.1") },
		"somebody behind nginx that says nothing of it": func(r *http.Request) { r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.0", 1, 0 },
		"somebody behind a forwarder":                   func(r *http.Request) { r.Header.Set("Via", "1.1 proxy") },
	} {
		t.Run(name, func(t *testing.T) {
			if w := asks(newPages(true), `{}`, change); w.Code != http.StatusForbidden {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	t.Run("an opened server", func(t *testing.T) {
		if w := asks(newPages(false), `{}`, nil); w.Code != http.StatusForbidden {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func TestMistakesAreAnsweredInWords(t *testing.T) {
	for body, want := range map[string]int{`{"room":"gone"}`: http.StatusBadRequest, `[`: http.StatusBadRequest, `{"room":"` + strings.Repeat("x", 5000) + `"}`: http.StatusBadRequest} {
		w := asks(newPages(true), body, nil)
		var got errorAnswer
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != want || got.Error.Message == "" {
			t.Errorf("%.20s: %d %s", body, w.Code, w.Body)
		}
	}
}

func TestGuestsAreLimitedInRate(t *testing.T) {
	pages := newPages(true)
	for range guestRate.Burst {
		if w := asks(pages, `{}`, nil); w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if w := asks(pages, `{}`, nil); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestPagesMayLoadTheirOwnAlone(t *testing.T) {
	for path, want := range map[string]int{"/samples/rooms/": 200, "/samples/rooms/app.js": 200, "/samples/rooms/style.css": 200, "/samples/rooms/none": 404, "/samples/rooms": 301} {
		w := httptest.NewRecorder()
		newPages(true).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != want || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %d, want %d; policy %s", path, w.Code, want, w.Header().Get("Content-Security-Policy"))
		}
	}
}

func TestWhichPathsAreSamples(t *testing.T) {
	for path, want := range map[string]bool{"/samples/rooms": true, "/samples/rooms/app.js": true, "/samples/roomsx": false, "/rooms": false} {
		if Serves(path) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
}
