package server

import (
	"context"
	"fmt"
	"net"
	"sync"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/server/metrics"
)

// serve opens the listeners and answers requests. The journal of the process before
// is read first: its applications must hear of the end of their calls.
func (p *parts) serve(ctx context.Context) (taken datadir.Addresses, err error) {
	p.listeners = newListeners(p, p.front(p.router))
	p.metrics.MustRegister(metrics.Ready(p.ready), metrics.Certificate(p.certificateEnd), metrics.CertificateOverdue(p.certificateOverdue))
	secure, plain, taken, err := p.listeners.open(ctx)
	if err != nil {
		return taken, err
	}
	p.later(p.listeners.server.Close)
	if err := p.listenForPhones(ctx, &taken); err != nil {
		closeAll(append(secure, plain...))
		return taken, err
	}
	p.announceMedia(&taken)
	if address := p.backbone.ListenAddr(); address != nil {
		taken.NATS = address.String()
	}
	p.taken = taken
	p.public.give(publicBase(taken, p.cfg))
	p.failures.Start(p.life)
	p.later(func() error { p.failures.Close(); return nil })
	left, err := p.deliveries.Start(p.life)
	if err != nil {
		closeAll(append(secure, plain...))
		return taken, fmt.Errorf("read the journal of deliveries: %w", err)
	}
	p.later(p.haltDeliveries)
	p.callbacks.Recover(left)
	if _, err := p.recordings.Recover(ctx); err != nil {
		p.log.Error("recordings of the process before cannot be completed", "error", err)
	}
	if err := p.exports.Start(ctx); err != nil {
		p.log.Error("recordings of the process before cannot be exported", "error", err)
	}
	p.listeners.serve(secure, plain)
	p.warnOfOutbound()
	p.grid.Apply(p.cfg.Subscriptions)
	return taken, nil
}

func (p *parts) listenForPhones(ctx context.Context, taken *datadir.Addresses) error {
	if p.phones == nil {
		return nil
	}
	if err := p.phones.Start(ctx); err != nil {
		return err
	}
	taken.SIP = p.phones.Addr().String()
	if address := p.phones.TLSAddr(); address != nil {
		taken.SIPS = address.String()
	}
	return nil
}

// haltDeliveries ends the engine at once, where stop has not done so already.
func (p *parts) haltDeliveries() error {
	now, cancel := context.WithCancel(context.Background())
	cancel()
	p.deliveries.Stop(now) // what is undelivered stays in the journal
	return nil
}

// publicBase is the address that validation links bear: the first public host if
// there is one, else this machine.
func publicBase(a datadir.Addresses, cfg config.Config) string {
	scheme, address := "https", a.HTTPS
	if address == "" {
		scheme, address = "http", a.HTTP
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return scheme + "://" + address
	}
	if len(cfg.PublicHosts) > 0 {
		host = cfg.PublicHosts[0]
		if _, _, err := net.SplitHostPort(host); err == nil {
			return scheme + "://" + host
		}
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// public is the server's own address, which is known once the listeners are open.
type public struct {
	once  sync.Once
	known chan struct{}
	value string
}

func (p *public) give(base string) {
	p.once.Do(func() {
		p.value = base
		close(p.known)
	})
}

// base waits for the address.
func (p *public) base() string {
	<-p.known
	return p.value
}
