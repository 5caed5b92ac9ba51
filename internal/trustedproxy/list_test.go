package trustedproxy

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

var proxies = New([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:9::/48")})

func TestClientBehindProxies(t *testing.T) {
	for name, test := range map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"no proxy":                         {"192.0.2.1:5", []string{"203.0.113.9"}, "192.0.2.1:5"},
		"the proxy's own request":          {"127.0.0.1:5", nil, "127.0.0.1:5"},
		"a client":                         {"127.0.0.1:5", []string{"203.0.113.9"}, "203.0.113.9:5"},
		"with a port":                      {"127.0.0.1:5", []string{"203.0.113.9:7"}, "203.0.113.9:7"},
		"IPv6":                             {"127.0.0.1:5", []string{"2001:db8::1"}, "[2001:db8::1]:5"},
		"IPv6 in brackets":                 {"127.0.0.1:5", []string{"[2001:db8::1]"}, "[2001:db8::1]:5"},
		"IPv6 with a port":                 {"127.0.0.1:5", []string{"[2001:db8::1]:7"}, "[2001:db8::1]:7"},
		"IPv4 in IPv6":                     {"[::ffff:127.0.0.1]:5", []string{"::ffff:203.0.113.9"}, "203.0.113.9:5"},
		"a client that claims another":     {"127.0.0.1:5", []string{"127.0.0.1, 203.0.113.9"}, "203.0.113.9:5"},
		"a claim that nobody can read":     {"127.0.0.1:5", []string{"nonsense, 203.0.113.9"}, "203.0.113.9:5"},
		"two proxies":                      {"127.0.0.1:5", []string{"203.0.113.9,\t10.1.2.3"}, "203.0.113.9:5"},
		"two fields":                       {"127.0.0.1:5", []string{"198.51.100.1, 203.0.113.9", "10.1.2.3"}, "203.0.113.9:5"},
		"proxies alone":                    {"127.0.0.1:5", []string{"10.1.2.4, 10.1.2.3"}, "10.1.2.4:5"},
		"a word":                           {"127.0.0.1:5", []string{"unknown"}, "127.0.0.1:5"},
		"nothing":                          {"127.0.0.1:5", []string{""}, "127.0.0.1:5"},
		"an empty entry on the right":      {"127.0.0.1:5", []string{"203.0.113.9,"}, "127.0.0.1:5"},
		"a word behind a proxy":            {"127.0.0.1:5", []string{"unknown, 10.1.2.3"}, "127.0.0.1:5"},
		"a zone":                           {"127.0.0.1:5", []string{"fe80::1%eth0"}, "[fe80::1]:5"},
		"a port that is none":              {"127.0.0.1:5", []string{"203.0.113.9:99999"}, "127.0.0.1:5"},
		"a proxy that is not on this host": {"[2001:db8:9::1]:5", []string{"203.0.113.9"}, "203.0.113.9:5"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = test.peer
		for _, field := range test.forwarded {
			r.Header.Add("X-Forwarded-For", field)
		}
		var got string
		proxies.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr })).ServeHTTP(nil, r)
		if got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func FuzzForwarded(f *testing.F) {
	f.Add("203.0.113.9, 10.1.2.3")
	f.Add("[2001:db8::1]:7,unknown")
	f.Fuzz(func(t *testing.T, field string) {
		if got := proxies.client(netip.MustParseAddrPort("127.0.0.1:5"), field); !got.IsValid() {
			t.Errorf("%q is nobody's", field)
		}
	})
}
