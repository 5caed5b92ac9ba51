package server

import (
	"context"
	"errors"
	"time"
)

// unwind is how long calls and requests may take to end after they were told to.
const unwind = 5 * time.Second

// stop ends the server with grace.
func (p *parts) stop() error {
	p.log.Info("the server is stopping and refuses new calls", "running", p.calls.Active(), "grace", p.cfg.ShutdownGrace)
	if p.phones != nil {
		p.phones.Drain()
	}
	if browsers := p.browsers.Load(); browsers != nil {
		browsers.Drain(p.cfg.ShutdownGrace)
	}
	grace, cancel := context.WithTimeout(context.Background(), p.cfg.ShutdownGrace)
	defer cancel()
	last, cancelLast := context.WithTimeout(context.Background(), p.cfg.ShutdownGrace+unwind)
	defer cancelLast()
	if err := p.calls.Stop(grace, last); err != nil {
		p.log.Warn("calls did not end within the grace time", "left", p.calls.Active())
	}
	p.finishRecordings()
	flush, cancelFlush := context.WithTimeout(context.Background(), p.cfg.DeliveryFlush)
	defer cancelFlush()
	delivered := p.deliveries.Stop(flush)
	if errors.Is(delivered, context.DeadlineExceeded) {
		p.log.Warn("undelivered events stay in the journal for the next start")
		delivered = nil
	}
	p.endAll()
	requests, cancelRequests := context.WithTimeout(context.Background(), unwind)
	defer cancelRequests()
	if err := p.listeners.server.Shutdown(requests); err != nil {
		p.log.Warn("requests did not end in time", "error", err)
	}
	p.log.Info("the server has stopped")
	return delivered
}
