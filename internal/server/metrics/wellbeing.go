package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Ready shows what /readyz answers.
func Ready(ready func() error) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "switchhook_ready", Help: "1 while the server accepts new calls, 0 while it does not: /readyz has the reason.",
	}, func() float64 { return truth(ready() == nil) })
}

// Certificate shows when the certificate in use expires.
func Certificate(expires func() time.Time) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "switchhook_certificate_expires_timestamp_seconds", Help: "Time at which the certificate in use expires.",
	}, func() float64 { return float64(expires().Unix()) })
}

// CertificateOverdue shows whether whatever renews the certificate in use is late.
func CertificateOverdue(overdue func() bool) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "switchhook_certificate_overdue", Help: "1 if the certificate in use should have been renewed: 14 days or a quarter of its life are left, whichever is less; else 0.",
	}, func() float64 { return truth(overdue()) })
}

// truth is the value of a gauge that says yes or no.
func truth(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}
