package server

import "github.com/switchhook/switchhook/internal/backbone"

// natsListener is the port for NATS clients that show an access key of the
// resource; nil without one.
func (p *parts) natsListener() *backbone.Listener {
	if p.cfg.NATS == "" {
		return nil
	}
	return &backbone.Listener{Address: p.cfg.NATS, Admit: p.resource.Keys.Holds}
}
