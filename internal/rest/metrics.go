package rest

import (
	"errors"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics counts requests by the pattern of their route, never by their path:
// anybody can invent paths.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(registry prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "switchhook_http_requests_total",
			Help: "Requests to the APIs, by route and status.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "switchhook_http_request_seconds",
			Help:    "Time from the header of a request to the end of its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "route"}),
	}
	if registry != nil {
		m.requests = register(registry, m.requests)
		m.seconds = register(registry, m.seconds)
	}
	return m
}

// register shares what another router has registered already.
func register[T prometheus.Collector](registry prometheus.Registerer, collector T) T {
	var already prometheus.AlreadyRegisteredError
	if err := registry.Register(collector); errors.As(err, &already) {
		if there, ok := already.ExistingCollector.(T); ok {
			return there
		}
	}
	return collector
}

func (m *metrics) served(method, pattern string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, pattern, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(method, pattern).Observe(took.Seconds())
}
