package server

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/registrar"
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
	p.metrics.MustRegister(registrationClients{p.registrar})
	return nil
}

// devices lets calls ring on the telephones of users.
type devices struct{ of *registrar.Registrar }

// Devices lists those of one user.
func (d devices) Devices(user identifier.ID) (list []string) {
	for _, device := range d.of.BindingsOfIdentity(user) {
		list = append(list, device.ID)
	}
	return list
}

// registrationClients tells Prometheus of telephones.
type registrationClients struct{ of *registrar.Registrar }

var (
	phonesRegistered = prometheus.NewDesc("switchhook_phones_registered", "Telephones of users that are registered now.", nil, nil)
	phoneRegisters   = prometheus.NewDesc("switchhook_phone_registrations_total",
		"What became of telephones' registrations.", []string{"result"}, nil)
)

// Describe names the metrics.
func (registrationClients) Describe(to chan<- *prometheus.Desc) {
	to <- phonesRegistered
	to <- phoneRegisters
}

// Collect reads them.
func (r registrationClients) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.MustNewConstMetric(phonesRegistered, prometheus.GaugeValue, float64(len(r.of.AllBindings())))
	counts := r.of.Counts()
	for result, n := range map[string]uint64{
		"accepted": counts.Accepted, "removed": counts.Removed, "expired": counts.Expired,
		"refused": counts.Refused, "wrong-password": counts.Wrong, "locked": counts.Locked,
	} {
		to <- prometheus.MustNewConstMetric(phoneRegisters, prometheus.CounterValue, float64(n), result)
	}
}
