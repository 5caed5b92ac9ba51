package server

import (
	"context"
	"time"

	"github.com/switchhook/switchhook/internal/callautomation"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/deadletter"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
	"github.com/switchhook/switchhook/internal/eventgrid"
	"github.com/switchhook/switchhook/internal/eventgrid/report"
	"github.com/switchhook/switchhook/internal/resource"
)

// keepFailures is how long the log of failed deliveries remembers.
const keepFailures = 7 * 24 * time.Hour

// openDeliveries makes the engine; it delivers from serve on, when everybody
// who knows how to continue an old delivery is there.
func (p *parts) openDeliveries(context.Context) error {
	p.openDeadLetters(p.cfg.DeadLetterDelay, report.FailuresOnBackbone(p.backbone, keepFailures))
	p.deliveries = delivery.New(delivery.Config{
		Policies: map[string]delivery.Policy{
			callautomation.Policy: callautomation.CallbackPolicy(p.tokens),
			eventgrid.PolicyName:  p.eventPolicy(p.webhooks),
			deadletter.PolicyName: p.deadLetters.Policy(),
		},
		CheckAddress: p.cfg.Outbound.CheckPort(),
		Senders:      p.senders(),
		Attempts: history.Config{
			Archive: history.AttemptsOnBackbone(p.backbone, p.cfg.KeepAttempts, p.cfg.MaxAttempts),
			Keep:    p.cfg.KeepAttempts, Size: p.cfg.MaxAttempts,
		},
		Doubtful:   p.doubts.Doubtful,
		Subscribed: func(name string) bool { return p.grid.Has(name) }, // which is there before deliveries begin
		Metrics:    p.metrics, Watch: p.watchDeliveries(), TraceParent: p.traceParent(),
	}, journal.OnDisk(p.data.Path(datadir.JournalFolder), journal.FormerStream(p.backbone), p.log.With("part", "journal")), p.log)
	p.callbacks = callautomation.NewCallbacks(p.deliveries, p.log)
	return nil
}

// openGrid opens the event subscriptions.
func (p *parts) openGrid(context.Context) (err error) {
	p.grid, err = eventgrid.New(eventgrid.Config{
		SubscriptionID: resource.ARMSubscription, ResourceGroup: resource.ARMGroup, ResourceName: resource.ARMName,
		PublicBase: p.public.base, Metrics: p.metrics, Tail: &p.tail, DeadLetter: p.deadLetterStore,
		Destinations: p.cfg.Destinations(), Reach: p.reach,
		Transport: p.deliveries.Transport(), Tokens: p.webhooks, MaxSubscriptions: p.cfg.MaxSubscriptions, Doubts: p.doubts,
	}, p.store, p.deliveries, p.log.With("part", "eventgrid"))
	if err != nil {
		return err
	}
	p.later(func() error { p.public.give(""); p.grid.Close(); return nil })
	return nil
}
