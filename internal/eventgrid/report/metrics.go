package report

import (
	"errors"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
)

// metrics are those metrics of an Event Grid system topic that deliveries
// move, under Azure's names and dimensions ("Metrics supported by Event Grid").
type metrics struct {
	accepted   prometheus.Histogram   // of all subscriptions together, as Azure's
	success    *prometheus.CounterVec // EventSubscriptionName
	failed     *prometheus.CounterVec // EventSubscriptionName, Error, ErrorType
	deadLetter *prometheus.CounterVec // EventSubscriptionName, DeadLetterReason
	dropped    *prometheus.CounterVec // EventSubscriptionName, DropReason
	processing *prometheus.HistogramVec
}

func newMetrics() *metrics {
	const subscription = "EventSubscriptionName"
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "switchhook", Subsystem: "eventgrid", Name: name, Help: help},
			append([]string{subscription}, labels...))
	}
	return &metrics{
		accepted: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "switchhook", Subsystem: "eventgrid",
			Name: "publish_success_latency_milliseconds", Help: "Time until an event was accepted: on disk (PublishSuccessLatencyInMs).",
			Buckets: prometheus.ExponentialBuckets(0.1, 2.5, 13)}),
		success:    counter("delivery_success_total", "Events delivered (DeliverySuccessCount)."),
		failed:     counter("delivery_attempt_fail_total", "Attempts that failed (DeliveryAttemptFailCount).", "Error", "ErrorType"),
		deadLetter: counter("dead_lettered_total", "Events written to the dead-letter destination (DeadLetteredCount).", "DeadLetterReason"),
		dropped:    counter("dropped_events_total", "Events given up and not dead-lettered (DroppedEventCount).", "DropReason"),
		processing: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "switchhook", Subsystem: "eventgrid",
			Name: "destination_processing_duration_milliseconds", Help: "Time the destination took to answer (DestinationProcessingDurationInMs).",
			Buckets: prometheus.ExponentialBuckets(0.5, 2.5, 13)}, []string{subscription}),
	}
}

func (g *metrics) register(to prometheus.Registerer) (err error) {
	if to == nil {
		return nil
	}
	for _, c := range []prometheus.Collector{g.accepted, g.success, g.failed, g.deadLetter, g.dropped, g.processing} {
		err = errors.Join(err, to.Register(c))
	}
	return err
}

// attempted counts an attempt for a subscription's event.
func (g *metrics) attempted(name string, t delivery.Attempted) {
	g.processing.WithLabelValues(name).Observe(float64(t.Outcome.Latency.Microseconds()) / 1000)
	if !t.Success {
		g.failed.WithLabelValues(name, Name(t.Outcome), errorType(t.Outcome)).Inc()
	}
}

// errorType is a failure's status class, or that there was no answer.
func errorType(o delivery.Outcome) string {
	switch class := o.Status / 100; {
	case o.Status == 0:
		return "NoResponse"
	case class >= 1 && class <= 5:
		return "Http" + strconv.Itoa(class) + "xx"
	default:
		return "HttpOther"
	}
}

// ended counts what became of an event, or of its dead letter.
func (g *metrics) ended(m *delivery.Message, how history.Result, why string) {
	switch name := m.Event.Subscription; {
	case how == history.Delivered && m.DeadLetterReason != "":
		g.deadLetter.WithLabelValues(name, m.DeadLetterReason).Inc()
	case how == history.Delivered:
		g.success.WithLabelValues(name).Inc()
	case m.DeadLetterReason != "":
		g.dropped.WithLabelValues(name, "DeadLetterFailed").Inc()
	case m.DeadLetter == "" || how == history.Dropped:
		g.dropped.WithLabelValues(name, dropReason(how, why)).Inc()
	}
}

// dropReason keeps the label's values few.
func dropReason(how history.Result, why string) string {
	switch {
	case how == history.Expired:
		return why
	case how == history.Failed:
		return "NotRetriable"
	default:
		return "Aborted"
	}
}

// forget drops the series of a subscription that is no more.
func (g *metrics) forget(subscription string) {
	labels := prometheus.Labels{"EventSubscriptionName": subscription}
	for _, v := range []*prometheus.CounterVec{g.success, g.failed, g.deadLetter, g.dropped} {
		v.DeletePartialMatch(labels)
	}
	g.processing.DeletePartialMatch(labels)
}
