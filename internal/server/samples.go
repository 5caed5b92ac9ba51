package server

import (
	"context"
	"net"
	"net/http"
	"net/netip"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/samples"
)

// isLocal reports whether nobody but this machine reaches the server: no proxy and no
// public name is configured, and all listeners of HTTP are on loopback.
func (p *parts) isLocal() bool {
	return len(p.cfg.PublicHosts) == 0 && len(p.cfg.TrustedProxies) == 0 && onLoopback(p.cfg.HTTP) && onLoopback(p.cfg.HTTPS)
}

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
		Guests: p.isLocal(),
		Log:    p.log.With("part", "samples"),
	})
}

// onLoopback reports whether a listener's address is reached from this machine alone; "" is none.
func onLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if address == "" || host == "localhost" {
		return true
	}
	ip, parseErr := netip.ParseAddr(host)
	return err == nil && parseErr == nil && ip.IsLoopback()
}
