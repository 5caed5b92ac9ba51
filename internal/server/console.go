package server

import (
	"context"
	"encoding/json"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/console"
)

// openConsole makes the page.
func (p *parts) openConsole(context.Context) (err error) {
	p.console, err = console.New(console.Config{
		Name: p.resource.ID[:8], Hosts: auth.NewHosts(p.cfg.PublicHosts...), Keys: p.resource.Keys, Auth: p.authenticator, APIs: p.router,
		Live: console.Live{Figures: p.figures, Follow: p.follow},
		Log:  p.log.With("part", "console"),
	})
	if err != nil {
		return err
	}
	p.later(func() error { p.console.Close(); return nil })
	return nil
}

// consoleBase is how a browser of this machine reaches the page: over plain HTTP where
// that stays inside the machine, since no browser knows our certificate.
func (p *parts) consoleBase() string {
	if p.isLocal() && p.taken.HTTP != "" {
		return "http://" + p.taken.HTTP
	}
	return p.public.base()
}

// consoleAddress is where the page is; on a local server the address signs in, once.
func (p *parts) consoleAddress() string {
	if p.isLocal() {
		return p.consoleBase() + p.console.Link(false, console.FirstTime)
	}
	return p.consoleBase() + console.Path
}

// consoleLink makes an address that signs in, once, for an administrator who asks.
func (p *parts) consoleLink(readOnly bool) (address string, life time.Duration) {
	return p.consoleBase() + p.console.Link(readOnly, console.LinkTime), console.LinkTime
}

// follow tells a page of the events of the resource.
func (p *parts) follow(ctx context.Context) (<-chan console.News, error) {
	events, err := p.tail.Follow(ctx)
	if err != nil {
		return nil, err
	}
	news := make(chan console.News)
	p.work.Go(func() {
		defer close(news)
		for event := range events {
			if event.Subscription != "" {
				continue
			}
			select {
			case news <- console.News{Kind: "event", Body: json.RawMessage(event.Body), Missed: event.Missed}:
			case <-ctx.Done():
				return
			}
		}
	})
	return news, nil
}
