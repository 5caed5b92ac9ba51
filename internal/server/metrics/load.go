package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/sip"
)

// Load shows how much load there is, and whether calls are refused because of it.
func Load(phones *sip.Server) prometheus.Collector { return load{phones} }

type load struct{ phones *sip.Server }

var (
	loadStrain = prometheus.NewDesc("switchhook_sip_strain",
		"Load as a share of capacity, by the delays of SIP messages, mixing, the journal and applications. Above 1, fewer calls are admitted.", nil, nil)
	loadLimited = prometheus.NewDesc("switchhook_sip_limited", "1 while calls are refused because of overload.", nil, nil)
	loadRate    = prometheus.NewDesc("switchhook_sip_admitted_per_second", "Admitted calls per second; absent without a limit.", nil, nil)
)

// Describe names the metrics.
func (load) Describe(to chan<- *prometheus.Desc) {
	to <- loadStrain
	to <- loadLimited
	to <- loadRate
}

// Collect reads them.
func (l load) Collect(to chan<- prometheus.Metric) {
	gauge := func(what *prometheus.Desc, value float64) {
		to <- prometheus.MustNewConstMetric(what, prometheus.GaugeValue, value)
	}
	now := l.phones.Load()
	if now.Limited {
		gauge(loadRate, now.Rate)
	}
	gauge(loadStrain, now.Strain)
	gauge(loadLimited, truth(now.Limited))
}
