package admin

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/fault"
)

// TestProbesTellStrangersNoPath: what is told of a reason has no path of a file, which strangers could read.
func TestProbesTellStrangersNoPath(t *testing.T) {
	why := fault.Busy(0, "the journal is not available").WithCause(errors.New("write /var/lib/journal: no space left on device"))
	ours := func(w http.ResponseWriter, r *http.Request) bool {
		if r.Host == "rebound.example" {
			w.WriteHeader(http.StatusMisdirectedRequest)
		}
		return r.Host != "rebound.example"
	}
	apis := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for _, test := range []struct {
		name, path string
		tls        bool
		proxied    string // X-Forwarded-Proto
		notReady   error
		status     int
		says       string
	}{
		{"alive", "/healthz", true, "", why, 200, "ok"},
		{"ready", "/readyz", true, "", nil, 200, "ok"},
		{"not ready", "/readyz", false, "", why, 503, "journal"},
		{"metrics", "/metrics", false, "", nil, 200, ""},
		{"metrics over TLS", "/metrics", true, "", nil, 418, ""},
		{"metrics over a proxy's TLS", "/metrics", false, "https", nil, 418, ""},
		{"metrics over a proxy", "/metrics", false, "http", nil, 200, ""},
		{"alive under another name", "http://rebound.example/healthz", false, "", nil, 421, ""},
		{"ready under another name", "http://rebound.example/readyz", false, "", nil, 421, ""},
		{"metrics under another name", "http://rebound.example/metrics", false, "", nil, 421, ""},
		{"an API under another name", "http://rebound.example/rooms", false, "", nil, 418, ""},
		{"an API", "/calling/callConnections", false, "", nil, 418, ""},
	} {
		r := httptest.NewRequest("GET", test.path, nil)
		if test.tls {
			r.TLS = &tls.ConnectionState{}
		}
		r.Header.Set("X-Forwarded-Proto", test.proxied)
		w := httptest.NewRecorder()
		Probes(func() error { return test.notReady }, prometheus.NewRegistry(), ours, apis).ServeHTTP(w, r)
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.says) || strings.Contains(w.Body.String(), "/var/lib") {
			t.Errorf("%s: %d %s", test.name, w.Code, w.Body)
		}
		if (w.Header().Get("Retry-After") != "") != (test.status == 503) {
			t.Errorf("%s: Retry-After is %q", test.name, w.Header().Get("Retry-After"))
		}
	}
}
