package server

import (
	"context"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/callautomation"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identity"
	"github.com/switchhook/switchhook/internal/recording/content"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/rooms"
	"github.com/switchhook/switchhook/internal/store"
)

// errNoPhones is why a number cannot be dialled without SIP.
var errNoPhones = fault.NotFound("phones cannot be called: SIP is off (--sip)")

// openAPIs makes what answers HTTP requests.
func (p *parts) openAPIs(ctx context.Context) error {
	hosts := auth.NewHosts(p.cfg.PublicHosts...)
	var err error
	if p.oidc, err = auth.NewOIDC(auth.OIDCConfig{Issuers: p.cfg.OIDC}); err != nil {
		return err
	}
	p.authenticator = auth.NewAuthenticator(auth.Config{Keys: p.resource.Keys, Hosts: hosts, OIDC: p.oidc})
	p.router = rest.New(rest.Config{
		Auth:  p.authenticator,
		Hosts: hosts, Log: p.log.With("part", "rest"), Metrics: p.metrics,
		Watch: p.watchRequests(), Watched: concernsCalls, Admit: p.admits,
	})
	if err := p.openIdentities(ctx); err != nil {
		return err
	}
	if p.rooms, err = rooms.New(rooms.Config{Resource: p.resource.ID, Store: p.store, Doubts: p.doubts, Changed: p.roomChanged}); err != nil {
		return err
	}
	p.later(func() error { p.rooms.Close(); return nil })
	p.work.Go(func() { p.rooms.Run(p.life, p.log.With("part", "rooms")) })
	if p.answers, err = rest.NewRepeatability(store.InMemory(), "call-answers"); err != nil {
		return err
	}
	p.later(func() error { p.answers.Close(); return nil })
	callautomation.New(p.calls, p.deliveries, p.answers, p.recorder).Routes(p.router)
	content.New(documents{p.recordings}, p.recorder).Routes(p.router)
	rest.ServeCallbackKeys(p.router, p.tokens)
	rest.ServeTenantKeys(p.router, p.webhooks.Issuer)
	p.identities.Register(p.router)
	p.rooms.Register(p.router)
	p.numbers.Register(p.router)
	p.routing.Register(p.router)
	p.grid.Routes(p.router)
	p.administration().Routes(p.router)
	p.records.Register(p.router)
	if looking := p.insightAPI(); looking != nil {
		looking.Register(p.router)
	}
	return nil
}

// openIdentities opens the users, and takes in those that were imported while
// no server ran.
func (p *parts) openIdentities(ctx context.Context) (err error) {
	users := auth.NewUserTokens(auth.UserTokensConfig{Signer: p.signer, Keys: p.resource.Keys, Resource: p.resource.ID})
	p.identities, err = identity.New(identity.Config{
		Resource: p.resource.ID, Tokens: users, Store: p.store, Log: p.log.With("part", "identity"),
		Revoked: p.registrar.SignOut, Deleted: p.registrar.RemoveIdentity, Gone: p.endBrowsers, Withdrawn: p.checkBrowsers,
	})
	if err != nil {
		return err
	}
	p.later(func() error { p.identities.Close(); return nil })
	queued, err := p.data.QueuedIdentities()
	if err != nil || len(queued) == 0 {
		return err
	}
	n, err := p.identities.Import(ctx, queued)
	if err != nil {
		return err
	}
	p.log.Info("queued identities were imported", "new", n, "of", len(queued))
	return p.data.ForgetQueuedIdentities()
}
