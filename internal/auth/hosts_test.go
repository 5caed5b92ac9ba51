package auth

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestOriginIsTheHostThatTheClientUsed(t *testing.T) {
	tests := []struct {
		name, host, want string
		local            string // address of the listener; "" takes 127.0.0.1
		listed           []string
		claims           string // X-Forwarded-Host
		tls, forwarded   bool
	}{
		{name: "loopback", host: "localhost:8443", tls: true, want: "https://localhost:8443"},
		{name: "Java drops the port", host: "localhost", tls: true, want: "https://localhost:9443"},
		{name: "IPv6", host: "[::1]", want: "http://[::1]:9443"},
		{name: "the listener's own address", host: "10.0.0.7:9443", local: "10.0.0.7", want: "http://10.0.0.7:9443"},
		{name: "an address that is not the listener's", host: "10.0.0.8:9443", local: "10.0.0.7", want: "http://10.0.0.7:9443"},
		{name: "stranger", host: "evil.example", tls: true, want: "https://127.0.0.1:9443"},
		{name: "listed", host: "acs.example", listed: []string{"acs.example"}, tls: true, want: "https://acs.example"},
		{name: "listed, any port", host: "ACS.example:444", listed: []string{"acs.example"}, want: "http://ACS.example:444"},
		{name: "listed with a port that the client dropped", host: "acs.example", listed: []string{"acs.example:444"}, tls: true, want: "https://acs.example:444"},
		{name: "stranger where names are listed", host: "evil.example", listed: []string{"acs.example:444"}, tls: true, want: "https://acs.example:444"},
		{name: "TLS ends at the proxy", host: "acs.example", listed: []string{"acs.example"}, forwarded: true, want: "https://acs.example"},
		{name: "behind a proxy", host: "10.0.0.5", listed: []string{"a.example", "b.example"}, claims: "b.example", forwarded: true, want: "https://b.example"},
		{name: "a stranger's claim", host: "localhost:8443", claims: "evil.example", want: "http://localhost:8443"},
		{name: "no host", host: "", want: "http://127.0.0.1:9443"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			local := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9443}
			if test.local != "" {
				local.IP = net.ParseIP(test.local)
			}
			r := httptest.NewRequest("GET", "/", nil)
			r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(local)))
			r.Host = test.host
			if test.tls {
				r.TLS = &tls.ConnectionState{}
			}
			r.Header.Set("X-Forwarded-Host", test.claims)
			if test.forwarded {
				r.Header.Set("X-Forwarded-Proto", "https")
			}
			if got := NewHosts(test.listed...).Origin(r); got != test.want {
				t.Fatalf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestReboundNamesAreRefused: a page whose name was made to point at our address
// sends its own name as Host.
func TestReboundNamesAreRefused(t *testing.T) {
	hosts := NewHosts("calls.example")
	for host, want := range map[string]bool{
		"": true, "localhost": true, "localhost:8080": true, "127.0.0.1:8080": true, "[::1]:8080": true, "calls.example": true, "CALLS.example:443": true,
		"192.0.2.7:8080": true, "192.0.2.7": true,
		"rebound.example": false, "rebound.example:8080": false, "localhost.rebound.example": false, "calls.example.rebound.example": false,
		"127.0.0.1.rebound.example": false, "192.0.2.8": false, "localhost.": false,
	} {
		r := httptest.NewRequest("GET", "http://x/metrics", nil)
		r.Host = host
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.ParseIP("192.0.2.7"), Port: 8080}))
		if got := hosts.Admits(r); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}
