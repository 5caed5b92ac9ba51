package server

import (
	"context"
	"net/http"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/samples"
)

// samplePages makes the sample pages. They may ask for users only on a local server.
func (p *parts) samplePages(hosts *auth.Hosts) *samples.Pages {
	return samples.New(samples.Config{
		User: func(ctx context.Context, origin string) (string, string, error) {
			id, token, err := p.identities.Guest(ctx, origin)
			return id.Raw(), token, err
		},
		Room:   p.rooms.Open,
		Invite: p.rooms.Invite,
		Origin: func(r *http.Request) string { return hosts.Origin(r) },
		Guests: p.cfg.Local(),
		Log:    p.log.With("part", "samples"),
	})
}
