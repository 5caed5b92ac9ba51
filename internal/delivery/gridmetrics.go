package delivery

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// gridMetrics are those metrics of an Event Grid system topic that deliveries
// move, under Azure's names and dimensions ("Metrics supported by Event Grid").
type gridMetrics struct {
	accepted   prometheus.Histogram   // of all subscriptions together, as Azure's
	success    *prometheus.CounterVec // EventSubscriptionName
	failed     *prometheus.CounterVec // EventSubscriptionName, Error, ErrorType
	deadLetter *prometheus.CounterVec // EventSubscriptionName, DeadLetterReason
	dropped    *prometheus.CounterVec // EventSubscriptionName, DropReason
	processing *prometheus.HistogramVec
}

func newGridMetrics() *gridMetrics {
	const subscription = "EventSubscriptionName"
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "switchhook", Subsystem: "eventgrid", Name: name, Help: help},
			append([]string{subscription}, labels...))
	}
	return &gridMetrics{
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

func (g *gridMetrics) all() []prometheus.Collector {
	return []prometheus.Collector{g.accepted, g.success, g.failed, g.deadLetter, g.dropped, g.processing}
}

// journalled notes how long an event took to be accepted.
func (g *gridMetrics) journalled(r *record) {
	if r.msg.Event.Subscription != "" && r.msg.DeadLetterReason == "" {
		g.accepted.Observe(float64(time.Since(r.posted).Microseconds()) / 1000)
	}
}

// attempted counts an attempt for a subscription's event.
func (g *gridMetrics) attempted(r *record, o Outcome) {
	name := r.msg.Event.Subscription
	if name == "" || r.mute || r.msg.DeadLetterReason != "" {
		return
	}
	g.processing.WithLabelValues(name).Observe(float64(o.Latency.Microseconds()) / 1000)
	if o.Status == 0 || !r.policy.Success(o.Status) {
		g.failed.WithLabelValues(name, o.Name(), errorType(o)).Inc()
	}
}

// errorType is a failure's status class, or that there was no answer.
func errorType(o Outcome) string {
	switch class := o.Status / 100; {
	case o.Status == 0:
		return "NoResponse"
	case class >= 1 && class <= 5:
		return "Http" + strconv.Itoa(class) + "xx"
	default:
		return "HttpOther"
	}
}

// ended counts what became of an event.
func (g *gridMetrics) ended(r *record, how Result, why string) {
	m := &r.msg
	switch name := m.Event.Subscription; {
	case name == "" || r.mute: // it would make the series of a deleted subscription anew
	case how == Delivered && m.DeadLetterReason != "":
		g.deadLetter.WithLabelValues(name, m.DeadLetterReason).Inc()
	case how == Delivered:
		g.success.WithLabelValues(name).Inc()
	case m.DeadLetterReason != "":
		g.dropped.WithLabelValues(name, "DeadLetterFailed").Inc()
	case m.DeadLetter == "" || how == Dropped:
		g.dropped.WithLabelValues(name, dropReason(how, why)).Inc()
	}
}

// dropReason keeps the label's values few.
func dropReason(how Result, why string) string {
	switch {
	case how == Expired:
		return why
	case how == Failed:
		return "NotRetriable"
	default:
		return "Aborted"
	}
}

// forget drops the series of a subscription that is no more.
func (g *gridMetrics) forget(subscription string) {
	labels := prometheus.Labels{"EventSubscriptionName": subscription}
	for _, v := range []*prometheus.CounterVec{g.success, g.failed, g.deadLetter, g.dropped} {
		v.DeletePartialMatch(labels)
	}
	g.processing.DeletePartialMatch(labels)
}
