package httpclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// maxBody is the largest body of a request, in bytes: a server that answers before
// it has read the request must not keep the write waiting.
const maxBody = 64 << 10

// Config is what a Transport needs.
type Config struct {
	// Dial makes TCP connections. It may refuse addresses.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// TLS is for https; its ServerName and NextProtos are set for each connection.
	TLS *tls.Config
	// Handshake bounds a TLS handshake.
	Handshake time.Duration
	// Proxy is asked for each request; one that has a proxy goes to Other. nil: none has.
	Proxy func(*http.Request) (*url.URL, error)
	// Other takes the requests that this package does not make: those through
	// proxies, to servers without HTTP/1.1, with large bodies or bodies that can be
	// read only once, and all where the system is not Unix.
	Other http.RoundTripper

	MaxHeader int           // bytes of a response's header fields
	MaxIdle   int           // connections that are kept, of one host
	MaxTotal  int           // and of all hosts
	Idle      time.Duration // how long they are kept
}

// Transport is an http.RoundTripper. It repeats a request once, on a new
// connection, if a kept connection ends before the first byte of the response: a
// server may close an idle connection at any time (RFC 9112 §9.3.1, §9.5). So its
// requests must be such that their receiver expects repetitions.
type Transport struct {
	cfg  Config
	pool pool
	// newer are the hosts that speak no HTTP/1.1 over TLS, at most maxNewer.
	newer atomic.Pointer[map[string]bool]
}

// New returns a Transport.
func New(cfg Config) *Transport {
	t := &Transport{cfg: cfg}
	t.pool.limits(cfg.MaxIdle, cfg.MaxTotal, cfg.Idle)
	return t
}

// CloseIdleConnections closes the connections that are kept.
func (t *Transport) CloseIdleConnections() {
	t.pool.closeAll()
	if other, ok := t.cfg.Other.(interface{ CloseIdleConnections() }); ok {
		other.CloseIdleConnections()
	}
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if !t.takes(req) {
		return t.cfg.Other.RoundTrip(req)
	}
	to := addressOf(req.URL)
	if t.isNewer(to) {
		return t.cfg.Other.RoundTrip(req)
	}
	defer req.Body.Close()
	ctx := req.Context()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if c := t.pool.take(to); c != nil {
		response, err := c.exchange(req)
		if err == nil || !c.lost(ctx, err) {
			return response, err
		}
	}
	c, err := t.dial(ctx, to)
	if errors.Is(err, errNewer) {
		t.noteNewer(to)
		return t.other(req)
	}
	if err != nil {
		return nil, err
	}
	again, err := req.GetBody()
	if err != nil {
		c.Close()
		return nil, err
	}
	fresh := *req
	fresh.Body = again
	response, err := c.exchange(&fresh)
	if response != nil {
		response.Request = req
	}
	return response, err
}

// other gives a request to the other transport, with its body anew.
func (t *Transport) other(req *http.Request) (*http.Response, error) {
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	again := req.WithContext(req.Context())
	again.Body = body
	return t.cfg.Other.RoundTrip(again)
}

// dial makes a connection to a server.
func (t *Transport) dial(ctx context.Context, to address) (*conn, error) {
	plain, err := t.cfg.Dial(ctx, "tcp", to.host)
	if err != nil {
		return nil, err
	}
	c := newConn(plain, &t.pool, to, t.cfg.MaxHeader)
	if !to.secure {
		return c, nil
	}
	settings := t.cfg.TLS.Clone()
	settings.ServerName, settings.NextProtos = to.name, []string{"http/1.1"}
	secure := tls.Client(plain, settings)
	limit := fmt.Errorf("no TLS handshake within %s: %w", t.cfg.Handshake, context.DeadlineExceeded)
	ctx, cancel := context.WithTimeoutCause(ctx, t.cfg.Handshake, limit)
	defer cancel()
	if err := secure.HandshakeContext(ctx); err != nil {
		plain.Close()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, refusalOf(err)
	}
	c.Conn, c.secure = secure, true
	return c, nil
}
