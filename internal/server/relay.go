package server

import (
	"context"
	"crypto/tls"
	"log/slog"

	"github.com/switchhook/switchhook/internal/connlimit"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/server/metrics"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/relay"
)

// openRelay opens TURN for browsers that do not reach the media port, where it is
// configured.
func (p *parts) openRelay(ctx context.Context, log *slog.Logger) (err error) {
	cfg := p.cfg.TURN
	if cfg.Listen == "" && cfg.Secure == "" {
		return nil
	}
	p.relay, err = relay.Open(ctx, relay.Config{
		Listen: cfg.Listen, Secure: cfg.Secure, Host: cfg.Host,
		TLS:   &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: p.cert.GetCertificate},
		Media: p.media.Addr(), Public: p.media.Public(),
		Allocations: cfg.Allocations, PerUser: cfg.PerUser, Bandwidth: cfg.Bandwidth,
		Present: func(user string) bool {
			browsers := p.browsers.Load()
			return browsers != nil && browsers.Present(user)
		},
		Limit: p.connectionLimit().Listener, Proven: connlimit.Prove, Log: log,
	})
	if err != nil {
		return err
	}
	p.later(p.relay.Close)
	p.metrics.MustRegister(metrics.Relay(p.relay))
	return nil
}

// iceServers is how browsers learn of the relay.
func (p *parts) iceServers() func(user string) []protocol.IceServer {
	if p.relay == nil {
		return nil
	}
	return p.relay.Servers
}

// announceMedia names the ports of browsers' media.
func (p *parts) announceMedia(taken *datadir.Addresses) {
	if p.media != nil {
		taken.WebRTC = p.media.Told().String()
	}
	if p.relay == nil {
		return
	}
	if at := p.relay.Addr(); at != nil {
		taken.TURN = at.String()
	}
	if at := p.relay.SecureAddr(); at != nil {
		taken.TURNS = at.String()
	}
}
