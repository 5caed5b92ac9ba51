package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
)

func TestSessionEnds(t *testing.T) {
	for name, end := range map[string]func(*browser){
		"when it is idle": func(b *browser) { b.now = b.now.Add(idleTime) },
		"after its time, though it is used": func(b *browser) {
			for range int(sessionTime/idleTime) * 2 {
				b.status("GET", Path+"api/rooms", nil)
				b.now = b.now.Add(idleTime / 2)
			}
		},
		"with the key": func(b *browser) {
			if _, err := b.keys.Rotate(auth.Primary); err != nil {
				b.t.Fatal(err)
			}
		},
		"with the sign-out": func(b *browser) { b.status("DELETE", Path+"session", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newOffice(t).byLink(false)
			b.now = b.now.Add(idleTime - time.Second)
			if got := b.status("GET", Path+"api/rooms", nil); got != http.StatusOK {
				t.Fatalf("before: %d", got)
			}
			end(b)
			if got := b.status("GET", Path+"api/rooms", nil); got != http.StatusUnauthorized {
				t.Errorf("after: %d", got)
			}
		})
	}
}

func TestChangesComeFromThePageAlone(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"without the token":          func(r *http.Request) { r.Header.Del(tokenField) },
		"with the token of another":  func(r *http.Request) { r.Header.Set(tokenField, newToken()) },
		"without an origin":          func(r *http.Request) { r.Header.Del("Origin") },
		"from another site":          func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
		"from another port":          func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:3000") },
		"from an opaque origin":      func(r *http.Request) { r.Header.Set("Origin", "null") },
		"from another site's script": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
	} {
		t.Run(name, func(t *testing.T) {
			b := newOffice(t).byLink(false)
			for _, method := range []string{"POST", "DELETE"} {
				if got := b.status(method, Path+"api/admin/things", change); got != http.StatusForbidden {
					t.Errorf("%s: %d", method, got)
				}
			}
			b.status("DELETE", Path+"session", change)
			if got := b.status("POST", Path+"api/admin/things", nil); got != http.StatusOK {
				t.Errorf("a forged request has ended the session: %d", got)
			}
		})
	}
}

func TestReaderChangesNothing(t *testing.T) {
	b := newOffice(t).byLink(true)
	for method, want := range map[string]int{"GET": http.StatusOK, "POST": http.StatusForbidden, "DELETE": http.StatusForbidden} {
		for _, path := range []string{"api/admin/things", "api/rooms"} {
			if got := b.status(method, Path+path, nil); got != want {
				t.Errorf("%s %s: %d, want %d", method, path, got, want)
			}
		}
	}
}

func TestPagesOfOthersReadNothing(t *testing.T) {
	b := newOffice(t).byLink(false)
	for _, site := range []string{"cross-site", "same-site"} {
		if got := b.status("GET", Path+"api/rooms", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", site) }); got != http.StatusForbidden {
			t.Errorf("%s: %d", site, got)
		}
	}
	for name, change := range map[string]func(*http.Request){
		"without a session": func(r *http.Request) { r.Header.Del("Cookie") },
		"with another one":  func(r *http.Request) { r.Header.Set("Cookie", b.cookie.Name+"="+newToken()) },
	} {
		if got := b.status("GET", Path+"api/rooms", change); got != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, got)
		}
	}
}

func TestRequestCannotVouchForItself(t *testing.T) {
	o := newOffice(t)
	r := request("GET", Path+"api/admin/things", "")
	r.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=AAAA")
	if got := o.answer(r).StatusCode; got != http.StatusUnauthorized {
		t.Errorf("%d", got)
	}
}

func TestPageRunsItsOwnScriptsAlone(t *testing.T) {
	o := newOffice(t)
	for _, path := range []string{"", "index.html", "calls/some%3Cscript%3E", "app.js", "session", "api/rooms"} {
		answer := o.answer(request("GET", Path+path, ""))
		policy := answer.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: policy %q", path, policy)
		}
		if path == "api/rooms" != strings.HasPrefix(policy, "sandbox") {
			t.Errorf("%s: policy %q", path, policy)
		}
	}
	for path, want := range map[string]int{"/console": http.StatusFound, "/console/calls/x": http.StatusOK, "/console/style.css": http.StatusOK} {
		if got := o.answer(request("GET", path, "")).StatusCode; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	if got := o.answer(request("POST", Path, "")).StatusCode; got != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", got)
	}
}

func TestSessionsAreBounded(t *testing.T) {
	o := newOffice(t)
	first, _ := o.sessions.begin(auth.Principal{}, "")
	for range maxSessions {
		o.now = o.now.Add(time.Millisecond)
		o.sessions.begin(auth.Principal{}, "")
	}
	if _, ok := o.sessions.find(first); ok {
		t.Error("the oldest session was kept")
	}
	if n := o.sessions.kept.Len(o.now); n != maxSessions {
		t.Errorf("%d sessions", n)
	}
}
