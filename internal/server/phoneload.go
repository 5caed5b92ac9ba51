package server

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/sip"
)

// manyUnwritten is how many events may wait for the journal before new calls
// only make it worse: some pages, each a write to the disk.
const manyUnwritten = 2048

// longWait is the mean time in line for applications at which calls come faster
// than applications take them: who is let in then only rings for nobody.
const longWait = 300 * time.Millisecond

// strain is how much the parts behind the phones suffer: the sound of running
// calls, the journal that each call's events must reach, and the applications.
func (p *parts) strain() float64 {
	return max(p.mixer.Strain(),
		float64(p.deliveries.Unwritten())/manyUnwritten,
		float64(p.deliveries.Waits())/float64(longWait))
}

// phoneLoad tells Prometheus how much there is to do, and whether calls are refused for it.
type phoneLoad struct{ phones *sip.Server }

var (
	loadStrain = prometheus.NewDesc("switchhook_sip_strain",
		"How much of what can be borne is used up, by delays of messages, sound or the journal; above 1 less calls are let in.", nil, nil)
	loadLimited = prometheus.NewDesc("switchhook_sip_limited", "1 while calls are refused because there is too much to do.", nil, nil)
	loadRate    = prometheus.NewDesc("switchhook_sip_admitted_per_second", "Calls a second that are let in; absent without a limit.", nil, nil)
)

// Describe names the metrics.
func (phoneLoad) Describe(to chan<- *prometheus.Desc) {
	to <- loadStrain
	to <- loadLimited
	to <- loadRate
}

// Collect reads them.
func (l phoneLoad) Collect(to chan<- prometheus.Metric) {
	gauge := func(what *prometheus.Desc, value float64) {
		to <- prometheus.MustNewConstMetric(what, prometheus.GaugeValue, value)
	}
	now, limited := l.phones.Load(), 0.0
	if now.Limited {
		limited = 1
		gauge(loadRate, now.Rate)
	}
	gauge(loadStrain, now.Strain)
	gauge(loadLimited, limited)
}
