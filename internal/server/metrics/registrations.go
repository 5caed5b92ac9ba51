package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/registrar"
)

// Registrations counts telephones of users.
func Registrations(of *registrar.Registrar) prometheus.Collector { return registrations{of} }

type registrations struct{ of *registrar.Registrar }

var (
	phonesRegistered = prometheus.NewDesc("switchhook_phones_registered", "Telephones of users that are registered now.", nil, nil)
	phoneRegisters   = prometheus.NewDesc("switchhook_phone_registrations_total",
		"Results of telephones' REGISTER requests and registrations.", []string{"result"}, nil)
)

// Describe names the metrics.
func (registrations) Describe(to chan<- *prometheus.Desc) {
	to <- phonesRegistered
	to <- phoneRegisters
}

// Collect reads them.
func (r registrations) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.MustNewConstMetric(phonesRegistered, prometheus.GaugeValue, float64(len(r.of.AllBindings())))
	counts := r.of.Counts()
	for result, n := range map[string]uint64{
		"accepted": counts.Accepted, "removed": counts.Removed, "expired": counts.Expired, "lost": counts.Lost,
		"refused": counts.Refused, "wrong-password": counts.Wrong, "locked": counts.Locked,
	} {
		to <- prometheus.MustNewConstMetric(phoneRegisters, prometheus.CounterValue, float64(n), result)
	}
}
