package delivery

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"github.com/switchhook/switchhook/internal/httpclient"
	"github.com/switchhook/switchhook/internal/outbound"
)

// Transport is what deliveries are posted with, for requests that must reach
// what they reach, and no more, such as the handshake before them.
func (e *Engine) Transport() http.RoundTripper {
	if e.cfg.Client.Transport == nil {
		return http.DefaultTransport
	}
	return e.cfg.Client.Transport
}

// maxHeader bounds the header fields of an answer, in bytes.
const maxHeader = 64 << 10

// newClient returns the client of webhooks: many connections kept for use
// again, a request repeated at once if such a connection has ended, and no
// redirect followed, for a 3xx is a failure to Event Grid.
func newClient(cfg Config) *http.Client {
	dialer := &net.Dialer{
		Timeout:         10 * time.Second,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 4},
		Control:         func(_, _ string, socket syscall.RawConn) error { return limitUnacknowledged(socket) },
	}
	transport := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		TLSClientConfig:        &tls.Config{RootCAs: cfg.Roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConns:           4096,
		MaxIdleConnsPerHost:    256,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: maxHeader,
	}
	if cfg.CheckAddress != nil {
		transport.Proxy = nil // it would be the proxy's address that is checked
		dialer.Control = func(_, address string, socket syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err == nil {
				err = cfg.CheckAddress(netip.AddrPortFrom(to.Addr().Unmap(), to.Port()))
			}
			if err != nil {
				return fmt.Errorf("%w: %w", ErrAddressRefused, err)
			}
			return limitUnacknowledged(socket)
		}
	}
	return &http.Client{
		Transport: httpclient.New(httpclient.Config{
			Dial: dialer.DialContext, TLS: transport.TLSClientConfig, Handshake: transport.TLSHandshakeTimeout, Proxy: transport.Proxy,
			Other:     outbound.Repeating(transport),
			MaxHeader: maxHeader, MaxIdle: transport.MaxIdleConnsPerHost, MaxTotal: transport.MaxIdleConns, Idle: transport.IdleConnTimeout,
		}),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
