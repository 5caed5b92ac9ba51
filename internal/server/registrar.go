package server

import (
	"context"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/server/metrics"
)

// sipRealm is what the digests of telephones are bound to, for good: their
// passwords are kept as hashes of it.
const sipRealm = "Switchhook"

// openRegistrar reads the telephones' credentials.
func (p *parts) openRegistrar(ctx context.Context) (err error) {
	p.registrar, err = registrar.New(ctx, registrar.Config{Store: p.store, Realm: sipRealm, Log: p.log.With("part", "registrar")})
	if err != nil {
		return err
	}
	p.later(func() error { p.registrar.Close(); return nil })
	p.metrics.MustRegister(metrics.Registrations(p.registrar))
	return nil
}

// devices lets calls ring on the telephones of users, and in their browsers.
type devices struct{ p *parts }

// Devices lists those of one user.
func (d devices) Devices(user identifier.ID) (list []string) {
	for _, device := range d.p.registrar.TelephonesOf(user) {
		list = append(list, device.ID)
	}
	if browsers := d.p.browsers.Load(); browsers != nil {
		list = append(list, browsers.Devices(user)...)
	}
	return list
}
