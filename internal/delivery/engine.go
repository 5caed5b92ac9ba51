package delivery

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Config is what an Engine may be told; only Policies are needed.
type Config struct {
	Policies map[string]Policy

	// Client posts; it must not follow redirects. Nil makes one, with the
	// settings below.
	Client *http.Client
	// Roots are the authorities that https endpoints may have their
	// certificates from; nil takes the system's.
	Roots *x509.CertPool
	// CheckAddress may refuse the address that an endpoint's name leads to,
	// against requests forged into the own network. With it, no proxy is used.
	CheckAddress func(netip.AddrPort) error

	PerDestination int // attempts at once for one host and port; 0: 64
	MaxQueued      int // messages not yet over; more are dropped and recorded; 0: 200,000
	// Subscribed reports whether there still is a subscription; recovered events
	// of others are dropped. Start asks; nil: there are all.
	Subscribed func(name string) bool
	KeepBodies int // bytes of events that are over, for Resend; 0: 8 MB

	// Senders carry to destinations besides webhooks, by the scheme of their URLs.
	Senders map[string]Sender

	// KeepAttempts is how long Attempts are remembered, and MaxAttempts how many;
	// 0: 7 days, 10,000.
	KeepAttempts time.Duration
	MaxAttempts  int
	// AttemptArchive lets them survive a restart, all but those of the last second
	// before a kill; nil: they do not.
	AttemptArchive Archive

	// KeepFailures is how long the failure log remembers; 0: 7 days.
	KeepFailures time.Duration
	// FailureArchive lets the failure log survive a restart; nil: it does not.
	FailureArchive Archive
	ResourceID     string // what failures name as the event source

	Metrics prometheus.Registerer // may be nil
}

// Engine delivers messages. Its methods are safe for concurrent use.
type Engine struct {
	cfg      Config
	policies map[string]*Policy
	senders  map[string]Sender
	journal  Journal
	log      *slog.Logger
	metrics  *metrics
	attempts *history[Attempt]
	grid     *gridMetrics
	failures *history[Failure]
	kept     *keepsakes
	queue    *queue
	open     atomic.Int64 // messages posted and not over
	waits    waits

	// Of the writer.
	lastSeq, pages uint64

	// Of the scheduler's goroutine.
	agenda       agenda // lanes, groups, pages
	rests        rests  // next attempts
	stale        map[*page]struct{}
	holds        map[string][]*record
	lanes        map[string]*lane
	groups       map[string]*group
	destinations map[string]*destination
	wards        map[string]*ward
	paces        map[string]*pace
	buckets      map[string]*bucket
	dirty        []*bucket            // gathered something in this turn
	aloft        map[*flight]struct{} // attempts whose request has not ended
	pumps        pumps
	inLanes      int // messages that wait in a lane
	inQueues     int // that wait at a destination
	inFlight     int
	stopping     *stopping

	news       chan func()
	undertaker *undertaker
	flights    life // of the attempts
	writing    life // of the journal's writer
	quit       chan struct{}
	scheduler  sync.WaitGroup
	writer     sync.WaitGroup
	burials    sync.WaitGroup
	archiving  life // of the archives' writers
	archivists sync.WaitGroup
	work       sync.WaitGroup
	started    atomic.Bool
}

// defaultKeep is how long records are kept: what Azure's own log analytics keep
// at least.
const defaultKeep = 7 * 24 * time.Hour

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
func New(cfg Config, journal Journal, log *slog.Logger) *Engine {
	cfg.PerDestination = orDefault(cfg.PerDestination, 64)
	cfg.MaxQueued = orDefault(cfg.MaxQueued, 200_000)
	cfg.MaxAttempts = orDefault(cfg.MaxAttempts, 10_000)
	cfg.KeepBodies = orDefault(cfg.KeepBodies, 8<<20)
	for _, keep := range []*time.Duration{&cfg.KeepAttempts, &cfg.KeepFailures} {
		if *keep <= 0 {
			*keep = defaultKeep
		}
	}
	log = log.With("part", "delivery")
	if cfg.Client == nil {
		cfg.Client = newClient(cfg)
	}
	e := &Engine{
		cfg: cfg, journal: journal, log: log,
		policies: map[string]*Policy{},
		senders:  map[string]Sender{"http": webhook{cfg.Client}, "https": webhook{cfg.Client}},
		grid:     newGridMetrics(),
		failures: newHistory[Failure]("failures", cfg.FailureArchive, cfg.KeepFailures, maxFailures, log),
		attempts: newHistory[Attempt]("attempts", cfg.AttemptArchive, cfg.KeepAttempts, cfg.MaxAttempts, log),
		kept:     &keepsakes{room: cfg.KeepBodies},
		metrics:  newMetrics(), queue: newQueue(),
		stale: map[*page]struct{}{}, holds: map[string][]*record{}, lanes: map[string]*lane{}, groups: map[string]*group{},
		destinations: map[string]*destination{}, wards: map[string]*ward{}, paces: map[string]*pace{}, buckets: map[string]*bucket{}, aloft: map[*flight]struct{}{}, undertaker: newUndertaker(),
		news: make(chan func()), quit: make(chan struct{}),
	}
	for name, policy := range cfg.Policies {
		e.policies[name] = policy.withDefaults()
	}
	maps.Copy(e.senders, cfg.Senders)
	if err := e.metrics.register(cfg.Metrics, e.grid, func() float64 { return float64(e.open.Load()) }); err != nil {
		e.log.Warn("metrics of deliveries are not shown", "error", err)
	}
	e.flights, e.writing, e.archiving = newLife(), newLife(), newLife()
	return e
}

func orDefault(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// Start reads the journal to its end, then delivers. It returns the holds that
// were open when the last process died; they stay open until they are released.
func (e *Engine) Start(ctx context.Context) (recovered []Hold, err error) {
	if !e.started.CompareAndSwap(false, true) {
		return nil, errors.New("delivery was started before")
	}
	begun := time.Now()
	r, err := e.recover(ctx)
	if err != nil {
		return nil, err
	}
	if r.records > 0 {
		e.log.Info("journal of deliveries read", "records", r.records, "pages", len(r.pages), "messages", len(r.messages), "holds", len(r.holds), "took", time.Since(begun))
	}
	if err := errors.Join(e.failures.load(ctx), e.attempts.load(ctx)); err != nil {
		e.log.Warn("what the last process recorded of deliveries is not to be had", "error", err)
	}
	e.scheduler.Go(func() {
		e.resume(r)
		e.schedule()
	})
	e.writer.Go(func() { e.write(e.writing) })
	e.burials.Go(e.buryAll)
	e.archivists.Go(func() { e.failures.write(e.archiving) })
	e.archivists.Go(func() { e.attempts.write(e.archiving) })
	return r.holds, nil
}

// schedule is the scheduler: everything that the engine decides happens here.
func (e *Engine) schedule() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		now := time.Now()
		e.agenda.run(now)
		if !e.isStopped() {
			e.wake(now)
		}
		e.launchAll()
		e.checkStop()
		timer.Reset(e.sleep(now))
		select {
		case do := <-e.news:
			do()
			e.launchAll()
		case <-timer.C:
		case <-e.quit:
			return
		}
	}
}

// sleep returns how long nothing is due.
func (e *Engine) sleep(now time.Time) time.Duration {
	wait := time.Hour
	if at, ok := e.agenda.next(); ok {
		wait = min(wait, at.Sub(now))
	}
	if at, ok := e.rests.next(); ok && !e.isStopped() {
		wait = min(wait, at.Sub(now))
	}
	return max(wait, 0)
}

// tell lets the scheduler do something; it waits for its turn, not for the end.
func (e *Engine) tell(do func()) {
	select {
	case e.news <- do:
	case <-e.quit:
	}
}

// Flush returns when everything queued so far is in the journal, and thereby
// accepted; or why it cannot be.
func (e *Engine) Flush(ctx context.Context) error { return e.queue.flush(ctx) }
