package server

import (
	"context"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/backbone"
	"github.com/switchhook/switchhook/internal/clockjump"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/store"
)

// openData takes the data directory, and from it what the resource is.
func (p *parts) openData(context.Context) (err error) {
	if p.data, err = datadir.Open(p.cfg.Data); err != nil {
		return err
	}
	p.later(p.data.Close)
	// The files of versions until 2026-11 were those of call records and of recordings.
	p.doubts = clockjump.Open(p.data.Path("last-alive"), time.Now, p.log.With("part", "clock"), p.data.Path("calls-last-alive"), p.data.Path("recordings-last-alive"))
	p.work.Go(func() { p.doubts.Run(p.life) })
	if p.resource, err = resource.Open(p.data, p.cfg.Identity); err != nil {
		return err
	}
	if p.cert, err = openCertificate(p.cfg, p.data, p.log); err != nil {
		return err
	}
	p.work.Go(func() { p.cert.Run(p.life) })
	if p.signer, err = p.openSigner(); err != nil {
		return err
	}
	p.tokens = auth.NewCallbacks(p.signer, "", p.resource.ID, nil)
	if p.webhooks, err = auth.NewWebhookTokens(auth.WebhookTokensConfig{Issuers: p.cfg.WebhookIssuers, Signer: p.signer, Base: p.public.base}); err != nil {
		return err
	}
	return p.openInsight()
}

// openBackbone starts the embedded NATS server, which holds what is stored.
func (p *parts) openBackbone(ctx context.Context) (err error) {
	if p.backbone, err = backbone.Open(ctx, backbone.Config{Dir: p.data.Name(), Listener: p.natsListener()}, p.log); err != nil {
		return err
	}
	p.later(func() error { p.backbone.Close(); return nil })
	p.store = store.OnBackbone(p.backbone)
	return nil
}
