package server

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/console"
	"github.com/switchhook/switchhook/internal/insight"
)

// openConsole makes the page.
func (p *parts) openConsole(context.Context) (err error) {
	p.console, err = console.New(console.Config{
		Name: p.resource.ID[:8], Hosts: auth.NewHosts(p.cfg.PublicHosts...), Keys: p.resource.Keys, Auth: p.authenticator, APIs: p.router, Issuers: p.oidc,
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
	if p.cfg.Local() && p.taken.HTTP != "" {
		return "http://" + p.taken.HTTP
	}
	return p.public.base()
}

// consoleAddress is where the page is; on a local server the address signs in, once.
func (p *parts) consoleAddress() string {
	if p.cfg.Local() {
		return p.consoleBase() + p.console.Link(false, console.FirstTime)
	}
	return p.consoleBase() + console.Path
}

// consoleLink makes an address that signs in, once, for an administrator who asks.
func (p *parts) consoleLink(readOnly bool) (address string, life time.Duration) {
	return p.consoleBase() + p.console.Link(readOnly, console.LinkTime), console.LinkTime
}

// follow tells a page of the events of the resource, and of calls: of each what lists
// show of it, and of the one that the page shows every item of its timeline.
func (p *parts) follow(ctx context.Context, watched func() string) (<-chan console.News, error) {
	events, err := p.tail.Follow(ctx)
	if err != nil {
		return nil, err
	}
	news := make(chan console.News)
	tell := func(one console.News) {
		select {
		case news <- one:
		case <-ctx.Done():
		}
	}
	var tellers sync.WaitGroup
	tellers.Go(func() {
		for event := range events {
			if event.Subscription == "" {
				tell(console.News{Kind: "event", Body: json.RawMessage(event.Body), Missed: event.Missed})
			}
		}
	})
	if hub := p.insight.Load(); hub != nil {
		follower, err := hub.FollowOne(watched)
		if err != nil {
			p.log.Warn("a page is not told of calls", "error", err)
		} else {
			tellers.Go(func() { defer follower.Close(); tellCalls(ctx, follower, tell) })
		}
	}
	p.work.Go(func() { tellers.Wait(); close(news) })
	return news, nil
}

func tellCalls(ctx context.Context, follower *insight.Follower, tell func(console.News)) {
	missed := 0
	for {
		update, err := follower.Next(ctx)
		if err != nil {
			return
		}
		missed += update.Missed
		if body, err := json.Marshal(update); err == nil { // it is texts, numbers and lists of these
			tell(console.News{Kind: "call", Body: body, Missed: missed})
			missed = 0
		}
	}
}
