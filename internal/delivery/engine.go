package delivery

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/httpclient"
)

// Engine is the scheduler of deliveries. Its methods are safe for concurrent use.
type Engine struct {
	cfg      Config
	policies map[string]*Policy
	senders  map[string]Sender
	// transport posts to webhooks; nil: Config.Client has another one.
	transport *httpclient.Transport
	journal   *journal.Journal
	log       *slog.Logger
	metrics   *metrics
	attempts  *history.History[history.Attempt]
	recent    *recentMessages
	open      openMessages // that were posted
	waits     waits

	// What turns change.
	turn          sync.Mutex  // held until Start has read the journal
	over          bool        // there are no more turns
	alarm         *time.Timer // takes a turn when something is due
	alarmAt       time.Time   // zero: it is not set
	timers        timerQueue  // lanes, groups, pages
	retries       retryQueue  // next attempts
	lanes         map[laneKey]*lane
	groups        map[string]*group
	destinations  map[destinationKey]*destination
	groupBreakers map[groupKey]*groupBreaker
	limiters      map[groupKey]*limiter
	targets       targets
	batchQueues   map[string]*batchQueue
	dirty         []*batchQueue          // with messages gathered in this turn
	deadlines     map[*Policy]*deadlines // of attempts
	sending       map[*attempt]struct{}  // attempts whose request has not ended, timed-out ones too
	deferred      deferredLanes
	free          bool     // the goroutine of this turn can go on with an attempt
	follows       *attempt // that attempt
	awaited       int      // attempts that were not answered in time, whose connections live
	inLanes       int      // messages that wait in a lane
	inQueues      int      // that wait at a destination
	inFlight      int
	bodies        int64 // bytes of the bodies that are in memory
	stopping      stopping
	firstFailures boundedLog // lines of the log about them
	refusals      boundedLog // about messages that are not taken
	ends          boundedLog // about those that are given up
	taken         boundedLog // about those whose endpoints never answer
	circuits      boundedLog // about circuits that open

	undeliverable *undeliveredQueue
	writing       life // of the journal's writer
	resuming      sync.WaitGroup
	writer        sync.WaitGroup
	handovers     sync.WaitGroup
	archiving     life // of the archives' writers
	archivists    sync.WaitGroup
	work          sync.WaitGroup
	started       atomic.Bool
}

// life is a context with its end.
type life struct {
	context.Context
	end context.CancelCauseFunc
}

func newLife() life {
	ctx, end := context.WithCancelCause(context.Background())
	return life{ctx, end}
}

// New returns an engine that queues; Start makes it deliver.
func New(cfg Config, store journal.Store, log *slog.Logger) *Engine {
	cfg = cfg.withDefaults()
	log = log.With("part", "delivery")
	e := &Engine{
		cfg: cfg, log: log,
		policies: map[string]*Policy{},
		senders:  map[string]Sender{"http": webhook{cfg.Client, cfg.TraceParent}, "https": webhook{cfg.Client, cfg.TraceParent}},
		attempts: history.New(history.Attempts, cfg.Attempts, log),
		recent:   &recentMessages{room: cfg.KeepBodies},
		metrics:  newMetrics(),
		lanes:    map[laneKey]*lane{}, groups: map[string]*group{},
		destinations: map[destinationKey]*destination{}, targets: targets{}, deadlines: map[*Policy]*deadlines{},
		groupBreakers: map[groupKey]*groupBreaker{}, limiters: map[groupKey]*limiter{}, batchQueues: map[string]*batchQueue{},
		sending: map[*attempt]struct{}{}, undeliverable: newUndeliveredQueue(),
	}
	e.open.most = int64(cfg.MaxQueued)
	e.firstFailures.rate.Fill(rateFirstFailures)
	e.refusals.rate.Fill(rateFirstFailures)
	e.ends.rate.Fill(rateEnds)
	e.taken.rate.Fill(rateTaken)
	e.circuits.rate.Fill(rateCircuits)
	e.turn.Lock()
	e.transport, _ = cfg.Client.Transport.(*httpclient.Transport)
	e.journal = journal.New(store, journal.Owner{Do: func(do func()) { e.inTurn(do) }, At: e.timers.about, Accepted: e.accepted, NewMessage: recoveredJob}, log)
	for name, policy := range cfg.Policies {
		e.policies[name] = policy.withDefaults()
	}
	maps.Copy(e.senders, cfg.Senders)
	if err := e.metrics.register(cfg.Metrics, e.journal.Metrics(), func() float64 { return float64(e.open.Load()) }); err != nil {
		e.log.Warn("metrics of deliveries are not available", "error", err)
	}
	e.writing, e.archiving = newLife(), newLife()
	return e
}

// Start reads the journal to its end, then delivers. It returns the holds that
// were open when the last process died; they stay open until they are released.
func (e *Engine) Start(ctx context.Context) (recovered []journal.Hold, err error) {
	if !e.started.CompareAndSwap(false, true) {
		return nil, errors.New("delivery was started before")
	}
	begun := time.Now()
	left, err := e.journal.Recover(ctx)
	if err != nil {
		return nil, err
	}
	var spared time.Time
	if e.cfg.Doubtful != nil && e.cfg.Doubtful() {
		spared = time.Now().Add(spareTime)
	}
	for _, record := range left.Messages {
		j := jobOf(record)
		e.open.add(j)
		j.spared = spared
	}
	if left.Records > 0 {
		e.log.Info("journal of deliveries read", "records", left.Records, "pages", left.Pages, "messages", len(left.Messages), "holds", len(left.Holds), "took", time.Since(begun))
	}
	if err := e.attempts.Load(ctx); err != nil {
		e.log.Warn("former attempts of deliveries cannot be read", "error", err)
	}
	e.resuming.Go(func() {
		defer e.turn.Unlock()
		e.takeTurn(func() { e.resume(left.Messages) })
	})
	e.writer.Go(func() { e.journal.Write(e.writing) })
	e.handovers.Go(e.handOverAll)
	e.archivists.Go(func() { e.attempts.Write(e.archiving) })
	return left.Holds, nil
}

// accepted schedules a message that has come to be on disk.
func (e *Engine) accepted(record *journal.Record) {
	j := jobOf(record)
	if o := e.observerOf(&j.msg); o != nil {
		o.Accepted(&j.msg, time.Since(j.Posted))
	}
	e.admit(j)
}

// end lets the journal forget a message, unless its policy's hook has to be told
// first.
func (e *Engine) end(j *job) {
	if j.state == done {
		e.journal.End(&j.Record)
	}
}

// Flush returns when everything queued so far is in the journal, and thereby
// accepted; or fault.Busy, if it cannot be at the moment.
func (e *Engine) Flush(ctx context.Context) error {
	err := e.journal.Flush(ctx)
	if err == nil || errors.Is(ctx.Err(), context.Canceled) {
		return err
	}
	return fault.NotStored(err)
}

// Failure is why nothing can be accepted at the moment; nil: it can.
func (e *Engine) Failure() error { return e.journal.Failure() }
