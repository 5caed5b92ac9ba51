package server

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/insight"
)

// Server is one running Switchhook.
type Server struct {
	cfg   config.Config
	log   *slog.Logger
	ready chan struct{}
	taken datadir.Addresses // final once ready is closed
	page  string            // likewise: where the console is
}

// New returns a server for a checked configuration. It opens nothing yet.
func New(cfg config.Config, log *slog.Logger) *Server {
	return &Server{cfg: cfg, log: log, ready: make(chan struct{})}
}

// Ready is closed when the listeners are open and announced in the data directory.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// Addresses are the listeners; it waits for Ready.
func (s *Server) Addresses() datadir.Addresses {
	<-s.ready
	return s.taken
}

// Console is the address of the console. Where only this machine reaches the server, it
// signs in whoever opens it first. It waits for Ready.
func (s *Server) Console() string {
	<-s.ready
	return s.page
}

// Run serves until ctx ends, then stops with grace: new calls are refused,
// running ones may end by themselves for ShutdownGrace and are ended then, and
// their last events may take DeliveryFlush. What is undelivered after that stays
// in the journal.
func (s *Server) Run(ctx context.Context) (err error) {
	begun := time.Now()
	p := &parts{cfg: s.cfg, started: begun}
	p.log = slog.New(insight.Handler(s.log.Handler(), p.insight.Load))
	defer func() { err = errors.Join(err, p.close()) }()
	if err := p.open(ctx); err != nil {
		return onDisk(err, s.cfg.Data, datadir.Free)
	}
	if s.taken, err = p.serve(ctx); err != nil {
		return onDisk(err, s.cfg.Data, datadir.Free)
	}
	// The addresses come last: who waits for them finds the connection string written.
	if err := p.resource.Announce(s.taken.Endpoint()); err != nil {
		return err
	}
	if err := p.data.Announce(s.taken); err != nil {
		return err
	}
	s.page = p.consoleAddress()
	s.log.Info("the server is ready", "after", time.Since(begun), "https", s.taken.HTTPS, "http", s.taken.HTTP, "sip", s.taken.SIP, "sips", s.taken.SIPS)
	close(s.ready)
	select {
	case <-ctx.Done():
		return p.stop()
	case err := <-p.broken:
		return errors.Join(err, p.stop())
	}
}
