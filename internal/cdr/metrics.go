package cdr

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/call"
)

// metrics are the records' figures as Prometheus series. Their label is the trunk,
// never the call.
type metrics struct {
	calls      *prometheus.CounterVec
	duration   prometheus.Histogram
	lost       prometheus.Counter
	legs       *prometheus.CounterVec
	mos        *prometheus.HistogramVec
	remoteMOS  *prometheus.HistogramVec
	loss       *prometheus.HistogramVec
	remoteLoss *prometheus.HistogramVec
	jitter     *prometheus.HistogramVec
	roundTrip  *prometheus.HistogramVec
	concealed  *prometheus.CounterVec
	packets    *prometheus.CounterVec

	mu     sync.Mutex      // around trunks
	trunks map[string]bool // that have series
}

// maxTrunks bounds the trunks that have series: applications add and remove some by the API.
// Beyond, all begin anew.
const maxTrunks = 2000

// Bounds of the histograms.
var (
	opinions  = []float64{1.5, 2, 2.5, 3, 3.3, 3.6, 3.8, 4, 4.2, 4.3, 4.4}
	lossRates = []float64{0, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5}
	delays    = []float64{0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2}
	durations = []float64{1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 4 * 3600, 12 * 3600, 30 * 3600}
)

func newMetrics(to prometheus.Registerer) *metrics {
	vec := func(name, help string, buckets []float64) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, []string{"trunk"})
	}
	count := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &metrics{
		calls:      count("switchhook_calls_ended_total", "Calls that have ended, by reason.", "reason"),
		duration:   prometheus.NewHistogram(prometheus.HistogramOpts{Name: "switchhook_call_duration_seconds", Help: "Duration of calls, from their beginning.", Buckets: durations}),
		lost:       prometheus.NewCounter(prometheus.CounterOpts{Name: "switchhook_call_records_lost_total", Help: "Detail records that could not be written."}),
		legs:       count("switchhook_legs_ended_total", "Legs that have ended, answered or not, by trunk, direction and reason; refusedHere: by a guard, a limit or a caller id, so that the trunk was not asked.", "trunk", "direction", "reason"),
		mos:        vec("switchhook_leg_mos", "Estimated mean opinion score of what was heard from the phone (E-model).", opinions),
		remoteMOS:  vec("switchhook_leg_remote_mos", "The phone's own estimate of what it heard (RTCP XR).", opinions),
		loss:       vec("switchhook_leg_loss_ratio", "Share of the phone's packets that were lost or too late.", lossRates),
		remoteLoss: vec("switchhook_leg_remote_loss_ratio", "Share of our packets that the phone reported lost.", lossRates),
		jitter:     vec("switchhook_leg_jitter_seconds", "Largest interarrival jitter of the phone's packets (RFC 3550).", delays),
		roundTrip:  vec("switchhook_leg_round_trip_seconds", "Last measured round trip to the phone.", delays),
		concealed:  count("switchhook_leg_concealed_seconds_total", "Audio that packet loss concealment made.", "trunk"),
		packets:    count("switchhook_leg_packets_total", "RTP packets of legs that have ended.", "trunk", "direction"),
		trunks:     map[string]bool{},
	}
	if to != nil {
		to.MustRegister(m.calls, m.duration, m.lost, m.legs, m.mos, m.remoteMOS, m.loss, m.remoteLoss, m.jitter, m.roundTrip, m.concealed, m.packets)
	}
	return m
}

// observe counts a call that is over.
func (m *metrics) observe(d call.Detail) {
	m.calls.WithLabelValues(d.Why.Kind.String()).Inc()
	m.duration.Observe(d.Ended.Sub(d.Began).Seconds())
	for _, leg := range d.Legs {
		m.leg(leg)
	}
}

func (m *metrics) leg(d call.LegDetail) {
	direction, reason, trunk, sound := "outbound", d.Why.Kind.String(), d.Wire.Trunk, d.Wire.Sound
	switch {
	case d.Inbound:
		direction = "inbound"
	case d.Why.Here():
		reason = "refusedHere"
	}
	m.makeRoom(trunk)
	m.legs.WithLabelValues(trunk, direction, reason).Inc()
	if sound.Codec == "" {
		return
	}
	m.packets.WithLabelValues(trunk, "sent").Add(float64(sound.Sent))
	m.packets.WithLabelValues(trunk, "received").Add(float64(sound.Received))
	m.concealed.WithLabelValues(trunk).Add(sound.Concealed.Seconds())
	if sound.Received > 0 {
		m.loss.WithLabelValues(trunk).Observe(sound.Loss)
		m.jitter.WithLabelValues(trunk).Observe(sound.MaxJitter.Seconds())
		m.mos.WithLabelValues(trunk).Observe(sound.MOS)
	}
	if sound.RemoteLoss > 0 || sound.RoundTrip > 0 { // it sends reports
		m.remoteLoss.WithLabelValues(trunk).Observe(sound.RemoteLoss)
	}
	if sound.RoundTrip > 0 {
		m.roundTrip.WithLabelValues(trunk).Observe(sound.RoundTrip.Seconds())
	}
	if sound.RemoteMOS > 0 {
		m.remoteMOS.WithLabelValues(trunk).Observe(sound.RemoteMOS)
	}
}

// makeRoom lets a trunk have series.
func (m *metrics) makeRoom(trunk string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.trunks[trunk] {
		return
	}
	if len(m.trunks) >= maxTrunks {
		clear(m.trunks)
		for _, series := range []interface{ Reset() }{m.legs, m.mos, m.remoteMOS, m.loss, m.remoteLoss, m.jitter, m.roundTrip, m.concealed, m.packets} {
			series.Reset()
		}
	}
	m.trunks[trunk] = true
}
