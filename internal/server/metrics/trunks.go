package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/sip"
)

// TrunkHealth shows whether trunks answer, whether we are registered with them, and which
// SIP messages were refused.
func TrunkHealth(phones *sip.Server) prometheus.Collector { return trunkHealth{phones} }

type trunkHealth struct{ phones *sip.Server }

var (
	sipRefused = prometheus.NewDesc("switchhook_sip_refused_total",
		"Refused SIP messages: from unknown senders, dropped above their rate, malformed, or while the server was full, stopping or overloaded.", []string{"why"}, nil)
	trunkUp = prometheus.NewDesc("switchhook_trunk_up",
		"1 if the trunk answers OPTIONS, 0 if not; absent if the trunk gets none.", []string{"trunk"}, nil)
	trunkRegistered = prometheus.NewDesc("switchhook_trunk_registered",
		"1 if this server is registered with the trunk, 0 if not; absent if the trunk has no register.", []string{"trunk"}, nil)
	trunkAnswered = prometheus.NewDesc("switchhook_trunk_answered_timestamp_seconds",
		"Time of the last answer to OPTIONS.", []string{"trunk"}, nil)
	trunkDelay = prometheus.NewDesc("switchhook_trunk_answer_seconds",
		"Duration of the last OPTIONS until its answer.", []string{"trunk"}, nil)
)

// Describe names the metrics.
func (trunkHealth) Describe(to chan<- *prometheus.Desc) {
	to <- sipRefused
	to <- trunkUp
	to <- trunkRegistered
	to <- trunkAnswered
	to <- trunkDelay
}

// Collect reads them.
func (h trunkHealth) Collect(to chan<- prometheus.Metric) {
	gauge := func(what *prometheus.Desc, value float64, name string) {
		to <- prometheus.MustNewConstMetric(what, prometheus.GaugeValue, value, name)
	}
	refused := h.phones.Refusals()
	for why, n := range map[string]uint64{
		"stranger": refused.Unknown, "dropped": refused.Dropped, "malformed": refused.Malformed, "busy": refused.Busy, "overload": refused.Overload,
	} {
		to <- prometheus.MustNewConstMetric(sipRefused, prometheus.CounterValue, float64(n), why)
	}
	for _, known := range h.phones.Healths() {
		if known.State != sip.Unknown {
			gauge(trunkUp, truth(known.State == sip.Online), known.Trunk)
		}
		if line := h.phones.TrunkRegistration(known.Trunk); line.State != "" {
			gauge(trunkRegistered, truth(line.State == sip.Registered), known.Trunk)
		}
		if !known.AnsweredAt.IsZero() {
			gauge(trunkAnswered, float64(known.AnsweredAt.UnixNano())/1e9, known.Trunk)
			gauge(trunkDelay, known.Delay.Seconds(), known.Trunk)
		}
	}
}
