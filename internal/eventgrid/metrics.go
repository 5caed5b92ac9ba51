package eventgrid

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are Event Grid's own of publishing: PublishSuccessCount and
// PublishFailCount, MatchedEventCount, UnmatchedEventCount and
// AdvancedFilterEvaluationCount. Those of delivery are delivery's.
type metrics struct {
	published *prometheus.CounterVec // type
	failed    prometheus.Counter
	matched   *prometheus.CounterVec // EventSubscriptionName
	unmatched prometheus.Counter
	evaluated *prometheus.CounterVec // EventSubscriptionName
}

func newMetrics() *metrics {
	opts := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Namespace: "switchhook", Subsystem: "eventgrid", Name: name, Help: help}
	}
	subscription := []string{"EventSubscriptionName"} // Azure's name of the dimension
	return &metrics{
		published: prometheus.NewCounterVec(opts("published_events_total", "Events that happened, by type."), []string{"type"}),
		failed:    prometheus.NewCounter(opts("publish_failures_total", "Events that could not be written.")),
		matched:   prometheus.NewCounterVec(opts("matched_events_total", "Events that a subscription took."), subscription),
		unmatched: prometheus.NewCounter(opts("unmatched_events_total", "Events that no subscription took.")),
		evaluated: prometheus.NewCounterVec(opts("advanced_filter_evaluations_total", "Advanced filters asked, by subscription."), subscription),
	}
}

func (m *metrics) register(to prometheus.Registerer) (err error) {
	if to == nil {
		return nil
	}
	for _, c := range []prometheus.Collector{m.published, m.failed, m.matched, m.unmatched, m.evaluated} {
		err = errors.Join(err, to.Register(c))
	}
	return err
}

// forget drops the series of a subscription that is gone.
func (m *metrics) forget(label string) {
	m.matched.DeleteLabelValues(label)
	m.evaluated.DeleteLabelValues(label)
}
