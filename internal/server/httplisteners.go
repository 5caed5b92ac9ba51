package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/switchhook/switchhook/internal/connlimit"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/listen"
	"github.com/switchhook/switchhook/internal/server/metrics"
)

// listeners are those of HTTP and HTTPS, with one handler. Each has a limit of its
// connections, for itself: who fills one does not fill the other.
type listeners struct {
	server        *http.Server
	p             *parts
	secure, plain *connlimit.Limit
}

// Limits on clients that are slow or silent.
const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = time.Minute
	answerTimeout = 30 * time.Second // for all of an answer to who has shown no credentials
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10 // bytes
)

// Bounds on an HTTP/2 connection: what the server keeps of bodies that nobody reads
// yet, how many requests there are at one time, and how long a silent or slow client
// may keep it.
var http2Bounds = http.HTTP2Config{
	MaxConcurrentStreams:          100,
	MaxReadFrameSize:              16 << 10,  // bytes, the least of RFC 9113 §4.2
	MaxReceiveBufferPerConnection: 256 << 10, // bytes
	MaxReceiveBufferPerStream:     64 << 10,  // bytes
	SendPingTimeout:               30 * time.Second,
	PingTimeout:                   15 * time.Second,
	WriteByteTimeout:              30 * time.Second,
}

func newListeners(p *parts, handler http.Handler) *listeners {
	l := &listeners{p: p, secure: p.connectionLimit(), plain: p.connectionLimit(), server: &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		WriteTimeout:      answerTimeout, // package rest lifts it
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
		TLSConfig:         httpsConfig(p.cert),
		HTTP2:             &http2Bounds,
	}}
	connlimit.Watch(l.server)
	p.metrics.MustRegister(metrics.Connections(map[string]*connlimit.Limit{"https": l.secure, "http": l.plain}))
	return l
}

// open opens the configured listeners. No request is answered before serve.
func (l *listeners) open(ctx context.Context) (secure, plain []net.Listener, taken datadir.Addresses, err error) {
	if l.p.cfg.HTTPS != "" {
		if secure, taken.HTTPS, err = listen.TCP(ctx, "--https", l.p.cfg.HTTPS); err != nil {
			return nil, nil, taken, err
		}
	}
	if l.p.cfg.HTTP != "" {
		if plain, taken.HTTP, err = listen.TCP(ctx, "--http", l.p.cfg.HTTP); err != nil {
			closeAll(secure)
			return nil, nil, taken, err
		}
	}
	return secure, plain, taken, nil
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}

// serve answers on the listeners until the server is shut down.
func (l *listeners) serve(secure, plain []net.Listener) {
	each := func(at net.Listener, serve func() error) {
		l.p.work.Go(func() {
			if err := serve(); !errors.Is(err, http.ErrServerClosed) {
				l.p.log.Error("a listener failed", "address", at.Addr().String(), "error", err)
				l.p.broken <- err
			}
		})
	}
	for _, at := range secure {
		each(at, func() error { return l.server.ServeTLS(l.secure.Listener(l.p.proxied(at)), "", "") })
	}
	for _, at := range plain {
		each(at, func() error { return l.server.Serve(l.plain.Listener(l.p.proxied(at))) })
	}
}
