package console

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// ownPage reports whether a browser says that our own page asks. Pages of others send
// their own Origin with everything but plain links.
func ownPage(r *http.Request) bool {
	origin, err := url.Parse(r.Header.Get("Origin"))
	if err != nil || origin.Host == "" || !strings.EqualFold(origin.Host, r.Host) {
		return false
	}
	return sameOrigin(r)
}

// sameOrigin reports whether nothing says that another site's page asks (Fetch
// Metadata): "none" is a person who opened the address.
func sameOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	return false
}

// overTLS reports whether the browser has reached us over TLS, up to a proxy at least.
func (c *Console) overTLS(r *http.Request) bool {
	return strings.HasPrefix(c.cfg.Hosts.Origin(r), "https://")
}

// safeWay reports whether cookies and what the page shows cannot be read on their way:
// over TLS, up to a proxy at least, or inside this machine.
func (c *Console) safeWay(r *http.Request) bool {
	if c.overTLS(r) {
		return true
	}
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && remote.Addr().Unmap().IsLoopback() && loopback(r.Host)
}

func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && address.IsLoopback()
}

// answer tells the page in words what is wrong.
func answer(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]any{"error": map[string]string{"message": message}})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // a page that has gone needs no answer
}
