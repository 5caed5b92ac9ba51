package sip

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trustedproxy"
)

// startProxy makes a reverse proxy in front of a server that names one client.
func startProxy(t *testing.T, server *httptest.Server, client string) *httptest.Server {
	t.Helper()
	to, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Header.Set("X-Forwarded-For", client)
	}})
	t.Cleanup(proxy.Close)
	return proxy
}

// TestGuesserBehindAProxyLocksItselfOutAlone: 21 wrong passwords over one reverse proxy
// lock their client out; another client of that proxy registers.
func TestGuesserBehindAProxyLocksItselfOutAlone(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, func(c *Config) { c.unknownLife = patience }) // the guesses take longer on a busy machine
	as, _ := o.user(t, "101", "")
	proxies := trustedproxy.New([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")})
	mux := http.NewServeMux()
	mux.Handle("/sip", proxies.Handler(o.WebSocket()))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	through := func(client string) *siptest.Phone {
		proxy := startProxy(t, server, client)
		return o.phone(t, func(c *siptest.Config) { c.Transport, c.Server = "ws", proxy.Listener.Addr().String() })
	}
	guesser := through("198.51.100.66")
	for n := range 21 {
		guess := siptest.Account{UserName: string(rune('a' + n)), Password: "guess"}
		if _, err := guesser.Register(within(t), guess, 600); err != nil {
			t.Fatal(err)
		}
		time.Sleep(120 * time.Millisecond) // an unknown source may send ten messages a second
	}
	if answer, err := guesser.Register(within(t), as, 600); err != nil || answer.Status() != 403 {
		t.Errorf("the guesser gets %v %v", answer, err)
	}
	if answer, err := through("198.51.100.7").Register(within(t), as, 600); err != nil || answer.Status() != 200 {
		t.Errorf("another client of the proxy gets %v %v", answer, err)
	}
}
