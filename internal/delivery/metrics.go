package delivery

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are what an operator watches.
type metrics struct {
	attempts     *prometheus.CounterVec // policy, outcome
	messages     *prometheus.CounterVec // policy, result
	waiting      prometheus.GaugeFunc
	firstAttempt *prometheus.HistogramVec // policy
}

func newMetrics() *metrics {
	const ns, sub = "switchhook", "delivery"
	return &metrics{
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: ns, Subsystem: sub,
			Name: "attempts_total", Help: "POSTs to webhooks, by how they were answered."}, []string{"policy", "outcome"}),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: ns, Subsystem: sub,
			Name: "events_total", Help: "Events that are over, by what became of them."}, []string{"policy", "result"}),
		firstAttempt: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: ns, Subsystem: sub,
			Name: "first_attempt_seconds", Help: "Time from an event to the start of its first POST.", Buckets: prometheus.ExponentialBuckets(0.0002, 2.5, 14)}, []string{"policy"}),
	}
}

// register shows the metrics, and the number of waiting events.
func (m *metrics) register(to prometheus.Registerer, journal []prometheus.Collector, waiting func() float64) error {
	m.waiting = prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "switchhook", Subsystem: "delivery",
		Name: "waiting_events", Help: "Events posted and not over."}, waiting)
	if to == nil {
		return nil
	}
	var err error
	for _, c := range append(journal, m.attempts, m.messages, m.waiting, m.firstAttempt) {
		err = errors.Join(err, to.Register(c))
	}
	return err
}

// class is an outcome as a label: a status, or why there was none.
func (o Outcome) class() string {
	switch {
	case o.Status >= http.StatusContinue && o.Status < 600:
		return strconv.Itoa(o.Status)
	case o.Status != 0:
		return "strange status"
	case errors.Is(o.Err, ErrNotSent):
		return "not sent"
	case errors.Is(o.Err, ErrDeleted):
		return "canceled"
	default:
		return "no answer"
	}
}
