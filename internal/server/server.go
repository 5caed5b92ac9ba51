package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server is one running Switchhook.
type Server struct {
	cfg   Config
	log   *slog.Logger
	ready chan struct{}
	taken Addresses // final once ready is closed
}

// New returns a server for a checked configuration. It opens nothing yet.
func New(cfg Config, log *slog.Logger) (*Server, error) {
	return &Server{cfg: cfg, log: log, ready: make(chan struct{})}, nil
}

// Ready is closed when the doors are open and the data directory says so.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// Addresses are the doors taken; it waits for Ready.
func (s *Server) Addresses() Addresses {
	<-s.ready
	return s.taken
}

// Run serves until the context ends, then closes everything.
func (s *Server) Run(ctx context.Context) (err error) {
	data, err := OpenData(s.cfg.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	resource, err := data.OpenResource(s.cfg.Identity)
	if err != nil {
		return err
	}
	cert, err := OpenCertificate(s.cfg, data, s.log)
	if err != nil {
		return err
	}
	var work sync.WaitGroup
	defer work.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work.Go(func() { cert.Run(ctx) })

	doors := &http.Server{
		Handler:           http.HandlerFunc(health),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		TLSConfig:         httpsConfig(cert),
	}
	defer doors.Close()
	if s.taken, err = s.open(ctx, doors, &work); err != nil {
		return err
	}
	if err := resource.Announce(s.taken); err != nil {
		return err
	}
	close(s.ready)
	<-ctx.Done()
	stop, cancelStop := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.ShutdownGrace)
	defer cancelStop()
	return doors.Shutdown(stop)
}

// open opens the HTTP doors and serves on them.
func (s *Server) open(ctx context.Context, doors *http.Server, work *sync.WaitGroup) (taken Addresses, err error) {
	serve := func(flag, address string, secure bool) (string, error) {
		if address == "" {
			return "", nil
		}
		listeners, shown, err := Listen(ctx, flag, address)
		for _, listener := range listeners {
			work.Go(func() { s.serve(doors, listener, secure) })
		}
		return shown, err
	}
	if taken.HTTPS, err = serve("--https", s.cfg.HTTPS, true); err != nil {
		return taken, err
	}
	taken.HTTP, err = serve("--http", s.cfg.HTTP, false)
	return taken, err
}

func (s *Server) serve(doors *http.Server, listener net.Listener, secure bool) {
	var err error
	if secure {
		err = doors.ServeTLS(listener, "", "")
	} else {
		err = doors.Serve(listener)
	}
	if !errors.Is(err, http.ErrServerClosed) {
		s.log.Error("door closed", "address", listener.Addr().String(), "error", err)
	}
}

func health(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/healthz" {
		http.NotFound(w, r)
		return
	}
	io.WriteString(w, "ok\n")
}
