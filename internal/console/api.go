package console

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/switchhook/switchhook/internal/auth"
)

// serveAPI hands a request of the page to the APIs, as one of whoever the session
// belongs to: /console/api/rooms is their /rooms. The page can do what its user may do
// with a signed request, and no more; a reader's requests change nothing.
func (c *Console) serveAPI(w http.ResponseWriter, r *http.Request) {
	// What the APIs answer is data, never a page, also where somebody opens its address.
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	found, _, ok := c.sessionOf(r)
	switch {
	case !sameOrigin(r):
		answer(w, http.StatusForbidden, "another site's page asks")
		return
	case !ok:
		answer(w, http.StatusUnauthorized, "the session is over: sign in again")
		return
	case !reads(r) && !found.genuine(r):
		answer(w, http.StatusForbidden, "the request does not come from the console's page; reload it")
		return
	case !reads(r) && !found.mayChange():
		answer(w, http.StatusForbidden, "you may look, but not change anything: sign in with the primary access key")
		return
	}
	inner := auth.Vouch(r.Clone(r.Context()), found.who)
	inner.URL.Path = strings.TrimPrefix(r.URL.Path, strings.TrimSuffix(Path, "/")+"/api")
	inner.URL.RawPath = strings.TrimPrefix(r.URL.RawPath, strings.TrimSuffix(Path, "/")+"/api")
	inner.RequestURI = (&url.URL{Path: inner.URL.Path, RawPath: inner.URL.RawPath, RawQuery: inner.URL.RawQuery}).RequestURI()
	for _, field := range []string{"Authorization", "Cookie", "Origin", tokenField} {
		inner.Header.Del(field)
	}
	c.cfg.APIs.ServeHTTP(w, inner)
}

// reads reports whether a request changes nothing.
func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }
