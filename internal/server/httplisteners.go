package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/listen"
)

// listeners are those of HTTP and HTTPS, with one handler.
type listeners struct {
	server *http.Server
	p      *parts
}

// Limits on clients that are slow or silent.
const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10 // bytes
)

func newListeners(p *parts, handler http.Handler) *listeners {
	return &listeners{p: p, server: &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
		TLSConfig:         httpsConfig(p.cert),
	}}
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
		each(at, func() error { return l.server.ServeTLS(at, "", "") })
	}
	for _, at := range plain {
		each(at, func() error { return l.server.Serve(at) })
	}
}
