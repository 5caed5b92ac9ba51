package server

import "github.com/switchhook/switchhook/internal/backbone"

// natsDoor lets in whoever shows an access key of the resource; nil for nobody.
func (p *parts) natsDoor() *backbone.Door {
	if p.cfg.NATS == "" {
		return nil
	}
	return &backbone.Door{Address: p.cfg.NATS, Admit: p.resource.Keys.Holds}
}
