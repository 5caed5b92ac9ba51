package admin

import (
	"io"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/switchhook/switchhook/internal/fault"
)

// Probes answers what load balancers and Prometheus ask, without a signature, and
// leaves everything else to next. /healthz says that the process serves, /readyz
// that it would take a call now: ready returns why not. /metrics is answered
// without TLS alone, up to a proxy too, since HTTPS may be open to the Internet. ours refuses requests
// under names that are not the server's.
func Probes(ready func() error, metrics prometheus.Gatherer, ours func(http.ResponseWriter, *http.Request) bool, next http.Handler) http.Handler {
	series := promhttp.HandlerFor(metrics, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		probe := r.URL.Path == "/healthz" || r.URL.Path == "/readyz" || r.URL.Path == "/metrics" && r.TLS == nil && !strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
		switch {
		case !probe:
			next.ServeHTTP(w, r)
		case !ours(w, r):
		case r.URL.Path == "/healthz":
			io.WriteString(w, "ok\n")
		case r.URL.Path == "/readyz":
			readyz(w, ready())
		default:
			series.ServeHTTP(w, r)
		}
	})
}

func readyz(w http.ResponseWriter, why error) {
	if why != nil {
		w.Header().Set("Retry-After", "2")
		http.Error(w, fault.Of(why).Message, http.StatusServiceUnavailable) // without its cause, which may name files: anybody may ask
		return
	}
	io.WriteString(w, "ok\n")
}
