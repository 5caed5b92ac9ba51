package report

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/backbone"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
)

// Config says what a Report keeps.
type Config struct {
	Failures   history.Config        // of the log of failed attempts
	ResourceID string                // what failures name as the event source
	Metrics    prometheus.Registerer // may be nil
}

// Report is the observer of event deliveries and dead letters: give it to their
// policies (delivery.Policy.Observer). It is safe for concurrent use.
type Report struct {
	resource string
	metrics  *metrics
	failures *history.History[Failure]
	log      *slog.Logger

	writing context.Context
	end     context.CancelCauseFunc
	work    sync.WaitGroup
}

// New returns a report. Start reads the archive of failures and lets new ones be
// archived; Close ends that.
func New(cfg Config, log *slog.Logger) *Report {
	r := &Report{resource: cfg.ResourceID, metrics: newMetrics(), failures: history.New(failures, cfg.Failures, log), log: log}
	if err := r.metrics.register(cfg.Metrics); err != nil {
		log.Warn("metrics of event deliveries are not available", "error", err)
	}
	r.writing, r.end = context.WithCancelCause(context.Background())
	return r
}

// Start reads what the last process archived. Failing that, the log begins anew.
func (r *Report) Start(ctx context.Context) {
	if err := r.failures.Load(ctx); err != nil {
		r.log.Warn("former failures of event deliveries cannot be read", "error", err)
	}
	r.work.Go(func() { r.failures.Write(r.writing) })
}

// Close archives what is not archived yet.
func (r *Report) Close() {
	r.end(errors.New("the server is stopping"))
	r.work.Wait()
}

// FailuresOnBackbone returns an archive for the failure log that the backbone
// keeps for that time, and 64 MB of it at most.
func FailuresOnBackbone(b *backbone.Backbone, keep time.Duration) history.Archive {
	return history.OnBackbone(b, "delivery-failures", "failures.delivery", keep, 64<<20)
}

// Accepted implements delivery.Observer.
func (r *Report) Accepted(m *delivery.Message, took time.Duration) {
	if isEvent(m) {
		r.metrics.accepted.Observe(float64(took.Microseconds()) / 1000)
	}
}

// Attempted implements delivery.Observer. Attempts for dead letters are neither
// counted nor logged.
func (r *Report) Attempted(t delivery.Attempted) {
	if !isEvent(t.Message) {
		return
	}
	if !t.Dropped { // it would make the series of a deleted subscription anew
		r.metrics.attempted(t.Message.Event.Subscription, t)
	}
	if !t.Success {
		r.failures.Add(r.failureOf(t))
	}
}

// Ended implements delivery.Observer.
func (r *Report) Ended(m *delivery.Message, how history.Result, why string) {
	if m.Event.Subscription != "" {
		r.metrics.ended(m, how, why)
	}
}

// Forgotten implements delivery.Observer.
func (r *Report) Forgotten(group string) { r.metrics.forget(group) }

// isEvent tells events of subscriptions from dead letters and notices.
func isEvent(m *delivery.Message) bool {
	return m.Event.Subscription != "" && m.DeadLetterReason == ""
}
