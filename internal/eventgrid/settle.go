package eventgrid

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/backoff"
)

// consentTime is how long a validation URL may be opened after the event.
const consentTime = 10 * time.Minute

// begin stores a subscription with a new consent to win, and starts the
// handshake; a destination that is no webhook needs neither. The caller holds
// admin.
func (g *Grid) begin(sub Subscription, next state) error {
	if !sub.Wanted.isWebhook() {
		return g.activate(sub)
	}
	token := rand.Text() + rand.Text()
	now := g.cfg.Now()
	sub.State, sub.Problem, sub.Updated = next, "", now
	sub.Consent = &consent{ID: uuid.NewString(), TokenHash: hashOf(token), Deadline: now.Add(consentTime)}
	if err := g.keep(sub); err != nil {
		return err
	}
	g.replaceView(g.view.Load().with(sub))
	g.run(sub, token)
	return nil
}

// activate stores a subscription whose events may go out at once. The caller
// holds admin.
func (g *Grid) activate(sub Subscription) error {
	active := sub.Wanted
	sub.State, sub.Problem, sub.Updated, sub.Consent = succeeded, "", g.cfg.Now(), nil
	sub.Active, sub.PerMinute = &active, 0
	if err := g.keep(sub); err != nil {
		return err
	}
	g.stop(key(sub.Name)) // the handshake of a webhook that was wanted before
	g.replaceView(g.view.Load().with(sub))
	g.poster.EndProbation(sub.label(), active.Endpoint)
	g.log.Info("event subscription changed its state", "subscription", sub.Name, "state", string(succeeded), "endpoint", active.shown())
	return nil
}

// run starts the goroutine of a handshake in the place of an earlier one. The
// caller holds admin. Without a token the endpoint has been asked already.
func (g *Grid) run(sub Subscription, token string) {
	g.stop(key(sub.Name))
	ctx, cancel := context.WithCancel(g.life)
	g.tasks[key(sub.Name)] = cancel
	g.work.Go(func() {
		defer cancel()
		reason := sub.Problem
		if token != "" {
			verdict := g.handshake.ask(ctx, g.invitationTo(sub, token))
			if ctx.Err() != nil {
				return
			}
			reason = verdict.reason
			if !g.conclude(sub, verdict) {
				return
			}
		}
		if backoff.Wait(ctx, sub.Consent.Deadline.Sub(g.cfg.Now())) {
			g.settle(sub, failed, fmt.Sprintf("the validation URL was not opened within %s. Before: %s", consentTime, reason), 0)
		}
	})
}

// stop ends the handshake of a subscription. The caller holds admin.
func (g *Grid) stop(k string) {
	if cancel := g.tasks[k]; cancel != nil {
		cancel()
		delete(g.tasks, k)
	}
}

// conclude settles a verdict and reports whether the endpoint may still consent.
func (g *Grid) conclude(sub Subscription, v verdict) (waits bool) {
	switch v.outcome {
	case consented:
		g.settle(sub, succeeded, "", v.perMinute)
	case deferred:
		return g.settle(sub, awaiting, v.reason, 0)
	default:
		g.settle(sub, failed, v.reason, 0)
	}
	return false
}

// settle moves a subscription on, and reports whether it did: a result counts
// only for the handshake that it came from. What cannot be stored is true
// nevertheless; after a restart the handshake is made again. perMinute is what a
// consent grants.
func (g *Grid) settle(of Subscription, next state, problem string, perMinute int) bool {
	settled, err := g.trySettle(of, next, problem, perMinute, false)
	if err != nil {
		g.log.Error("event subscription cannot be stored", "subscription", of.Name, "error", err)
	}
	return settled
}

// trySettle is settle for who is told of the error. Where it must be stored, nothing has
// changed then.
func (g *Grid) trySettle(of Subscription, next state, problem string, perMinute int, must bool) (settled bool, err error) {
	g.admin.Lock()
	defer g.admin.Unlock()
	sub, exists := g.view.Load().find(of.Name)
	if !exists || sub.Consent == nil || sub.Consent.ID != of.Consent.ID {
		return false, nil
	}
	awaited := sub.State == awaiting
	if next == failed && sub.Active != nil {
		problem += ". Events still go to " + sub.Active.shown() + ", as before this update"
	}
	sub.State, sub.Problem, sub.Updated = next, problem, g.cfg.Now()
	if next == succeeded {
		active := sub.Wanted
		sub.Active, sub.PerMinute = &active, perMinute
	}
	if next.ended() {
		sub.Consent = nil
	}
	if err = g.keep(sub); err != nil && must {
		return false, err
	}
	if awaited {
		g.stop(key(sub.Name)) // its goroutine only waits; one that still posts is left to hear the answer
	}
	g.replaceView(g.view.Load().with(sub))
	if next == succeeded {
		g.poster.EndProbation(sub.label(), sub.Active.Endpoint)
	}
	g.log.Info("event subscription changed its state", "subscription", sub.Name, "state", string(next), "endpoint", sub.Wanted.shown(), "per_minute", sub.PerMinute, "problem", problem)
	return true, err
}

// invitationTo makes what an endpoint is asked with. The code is told to the
// endpoint alone; so is the token in the URL.
func (g *Grid) invitationTo(sub Subscription, token string) invitation {
	query := url.Values{"id": {sub.Consent.ID}, "t": {token}}
	return invitation{
		label:    sub.label(),
		endpoint: sub.Wanted.Endpoint,
		schema:   sub.Wanted.schema(),
		header:   sub.Wanted.ownHeader(),
		secrets:  sub.Wanted.secrets(),
		bearer:   sub.Wanted.Entra.bearer(),
		code:     uuid.NewString(),
		url:      strings.TrimSuffix(g.cfg.PublicBase(), "/") + validatePath + "?" + query.Encode(),
	}
}
