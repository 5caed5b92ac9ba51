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

// doors are the HTTP and HTTPS listeners, on one handler.
type doors struct {
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

func newDoors(p *parts, handler http.Handler) *doors {
	return &doors{p: p, server: &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
		TLSConfig:         httpsConfig(p.cert),
	}}
}

// listen opens the doors that are configured. Nobody is served before serve.
func (d *doors) listen(ctx context.Context) (secure, plain []net.Listener, taken datadir.Addresses, err error) {
	if d.p.cfg.HTTPS != "" {
		if secure, taken.HTTPS, err = listen.TCP(ctx, "--https", d.p.cfg.HTTPS); err != nil {
			return nil, nil, taken, err
		}
	}
	if d.p.cfg.HTTP != "" {
		if plain, taken.HTTP, err = listen.TCP(ctx, "--http", d.p.cfg.HTTP); err != nil {
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
func (d *doors) serve(secure, plain []net.Listener) {
	each := func(l net.Listener, serve func() error) {
		d.p.work.Go(func() {
			if err := serve(); !errors.Is(err, http.ErrServerClosed) {
				d.p.log.Error("door closed", "address", l.Addr().String(), "error", err)
				d.p.broken <- err
			}
		})
	}
	for _, l := range secure {
		each(l, func() error { return d.server.ServeTLS(l, "", "") })
	}
	for _, l := range plain {
		each(l, func() error { return d.server.Serve(l) })
	}
}
