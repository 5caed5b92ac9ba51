package server

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/backbone"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/callautomation"
	"github.com/switchhook/switchhook/internal/cdr"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/console"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/deadletter"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
	"github.com/switchhook/switchhook/internal/eventgrid"
	"github.com/switchhook/switchhook/internal/eventgrid/report"
	"github.com/switchhook/switchhook/internal/eventgrid/sender"
	"github.com/switchhook/switchhook/internal/identity"
	"github.com/switchhook/switchhook/internal/insight"
	"github.com/switchhook/switchhook/internal/memory"
	"github.com/switchhook/switchhook/internal/mixer"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/phonenumbers"
	"github.com/switchhook/switchhook/internal/player"
	"github.com/switchhook/switchhook/internal/recording"
	"github.com/switchhook/switchhook/internal/recording/export"
	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/rooms"
	"github.com/switchhook/switchhook/internal/server/metrics"
	"github.com/switchhook/switchhook/internal/sip"
	"github.com/switchhook/switchhook/internal/siprouting"
	"github.com/switchhook/switchhook/internal/store"
	"github.com/switchhook/switchhook/internal/testline"
	"github.com/switchhook/switchhook/internal/trunk"
	"github.com/switchhook/switchhook/internal/webrtc"
	"github.com/switchhook/switchhook/internal/webrtc/media"
	"github.com/switchhook/switchhook/internal/webrtc/relay"
)

// parts are the pieces of a running server, in the order in which they are made.
type parts struct {
	cfg config.Config
	log *slog.Logger

	metrics  *prometheus.Registry
	data     *datadir.Dir
	resource *resource.Resource
	cert     Certificate
	backbone *backbone.Backbone
	store    store.Backend
	signer   *auth.Signer
	tokens   *auth.Callbacks
	webhooks *auth.WebhookTokens

	deliveries  *delivery.Engine
	deadLetters *deadletter.Box
	failures    *report.Report
	queues      *sender.Queues
	callbacks   *callautomation.Callbacks
	grid        *eventgrid.Grid
	tail        sender.Tail // of all events, for administrators
	mixer       *mixer.Engine
	prompts     *player.Library
	recordings  *recording.Library
	recorder    recorder
	exports     *export.Exporter
	records     *cdr.Keeper
	insight     atomic.Pointer[insight.Hub] // nil where it is off; log lines come before it is made
	sinks       *insight.Sinks              // nil where it is off
	calls       *call.Registry
	trunks      *trunk.Table
	lines       *testline.Lines
	phones      *sip.Server
	registrar   *registrar.Registrar
	identities  *identity.API
	rooms       *rooms.API
	numbers     *phonenumbers.API
	routing     *siprouting.API
	permits     *permit.Rules
	answers     *rest.Repeatability
	router      *rest.Router

	authenticator *auth.Authenticator
	oidc          *auth.OIDC
	listeners     *listeners
	console       *console.Console
	examined      atomic.Pointer[examination]
	media         *media.Engine                 // nil where WebRTC is off
	relay         *relay.Server                 // nil where TURN is off
	browsers      atomic.Pointer[webrtc.Server] // made after the calls, which look for it when they ring
	roomTurn      sync.Mutex                    // one change of a room at a time

	started time.Time
	public  public            // how applications reach us
	taken   datadir.Addresses // known before requests are answered
	broken  chan error        // a listener that failed while running
	closers []func() error    // in the order of opening
	life    context.Context
	end     context.CancelFunc
	streams context.Context // of answers that go on; ends when the server begins to stop
	endAll  context.CancelFunc
	work    sync.WaitGroup
}

// later registers what undoes a step; close runs these in reverse.
func (p *parts) later(undo func() error) { p.closers = append(p.closers, undo) }

// close undoes everything that was opened.
func (p *parts) close() error {
	if p.end != nil {
		p.end()
	}
	var errs []error
	for i := len(p.closers) - 1; i >= 0; i-- {
		errs = append(errs, p.closers[i]())
	}
	p.work.Wait()
	return errors.Join(errs...)
}

// open makes every piece; none of them can be reached yet.
func (p *parts) open(ctx context.Context) error {
	p.life, p.end = context.WithCancel(context.Background())
	p.streams, p.endAll = context.WithCancel(p.life)
	p.broken = make(chan error, 8)
	p.public.known = make(chan struct{})
	p.metrics = metrics.New()
	for _, step := range []func(context.Context) error{
		p.openData, p.openBackbone, p.openDeliveries, p.openGrid, p.openNumbers, p.openRouting, p.openPermits, p.openRegistrar, p.openCalls, p.openPhones,
		p.openAPIs, p.openConsole, p.openBrowsers, p.openProfile,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// openData takes the data directory, and from it what the resource is.
func (p *parts) openData(context.Context) (err error) {
	if p.data, err = datadir.Open(p.cfg.Data); err != nil {
		return err
	}
	p.later(p.data.Close)
	if p.resource, err = resource.Open(p.data, p.cfg.Identity); err != nil {
		return err
	}
	if p.cert, err = OpenCertificate(p.cfg, p.data, p.log); err != nil {
		return err
	}
	p.work.Go(func() { p.cert.Run(p.life) })
	if p.signer, err = p.openSigner(); err != nil {
		return err
	}
	p.tokens = auth.NewCallbacks(p.signer, "", p.resource.ID, nil)
	if p.webhooks, err = auth.NewWebhookTokens(auth.WebhookTokensConfig{Issuers: p.cfg.WebhookIssuers, Signer: p.signer, Base: p.public.base}); err != nil {
		return err
	}
	return p.openInsight()
}

func (p *parts) openBackbone(ctx context.Context) (err error) {
	if p.backbone, err = backbone.Open(ctx, backbone.Config{Dir: p.data.Name(), Listener: p.natsListener()}, p.log); err != nil {
		return err
	}
	p.later(func() error { p.backbone.Close(); return nil })
	p.store = store.OnBackbone(p.backbone)
	return nil
}

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
		Subscribed: func(name string) bool { return p.grid.Has(name) }, // which is there before deliveries begin
		Metrics:    p.metrics, Watch: p.watchDeliveries(), TraceParent: p.traceParent(),
	}, journal.OnDisk(p.data.Path("journal"), journal.FormerStream(p.backbone), p.log.With("part", "journal")), p.log)
	p.callbacks = callautomation.NewCallbacks(p.deliveries, p.log)
	return nil
}

func (p *parts) openGrid(context.Context) (err error) {
	p.grid, err = eventgrid.New(eventgrid.Config{
		SubscriptionID: resource.ARMSubscription, ResourceGroup: resource.ARMGroup, ResourceName: resource.ARMName,
		PublicBase: p.public.base, Metrics: p.metrics, Tail: &p.tail, DeadLetter: p.deadLetterStore,
		Destinations: p.cfg.Destinations(), Reach: p.reach,
		Transport: p.deliveries.Transport(), Tokens: p.webhooks, MaxSubscriptions: p.cfg.MaxSubscriptions,
	}, p.store, p.deliveries, p.log.With("part", "eventgrid"))
	if err != nil {
		return err
	}
	p.later(func() error { p.public.give(""); p.grid.Close(); return nil })
	return nil
}

func (p *parts) openCalls(context.Context) error {
	err := p.openRecordings()
	if err != nil {
		return err
	}
	p.mixer = mixer.New(mixer.Config{MaxLateness: p.cfg.MaxLateness, Registerer: p.metrics}, p.log.With("part", "mixer"))
	p.later(func() error { p.mixer.Close(); return nil })
	p.prompts = player.New(player.Config{
		Allow: p.cfg.Outbound.Check(), Speech: p.synthesizers(), Loudness: float64(p.cfg.Loudness), Registerer: p.metrics,
	}, p.log.With("part", "player"))
	p.later(func() error { p.prompts.Close(); return nil })
	p.work.Go(func() { memory.Run(p.life, p.log, memory.Config{Garbage: p.cfg.Garbage, Kept: p.prompts.Held}) })
	p.prepareSpeech()
	own := prompts{library: p.prompts}
	if own.hold, err = openHoldMusic(p.cfg.HoldMusic); err != nil {
		return err
	}
	if own.announcement, err = openAnnouncement(p.cfg.Recording.Announcement); err != nil {
		return err
	}
	if p.records, err = cdr.Open(p.recordsConfig(), p.log.With("part", "cdr")); err != nil {
		return err
	}
	p.later(func() error { p.records.Close(); return nil })
	open, understood := p.openStreams(), p.recognizers()
	p.lines = testline.New()
	p.calls = call.NewRegistry(p.observed(call.Config{
		Resource: p.resource.ID, Dialers: p.dialers(), Devices: devices{p}, Lines: p.lines, Numbers: p.numbers,
		Announcer: announcer{p.grid}, ApplicationsConverse: p.cfg.ApplicationEvents, Publisher: publisher{p.callbacks, p.grid}, Details: p.records, Prompts: own, Mixes: mixes{p.mixer}, Streams: open, Transcripts: transcripts{open.dialer, understood}, Captions: len(understood.Choice.Default) > 0, Recognizer: understood, Recordings: recordings{p.recordings}, RecordHoldMusic: p.cfg.Recording.HoldMusic, AnnounceRecordings: len(own.announcement) > 0,
		EchoNumbers: p.cfg.EchoNumbers, Permit: p.permits, Overloaded: p.mixer.Overloaded, RingApplication: p.cfg.RingTimeout,
	}), p.log)
	p.metrics.MustRegister(metrics.Calls(p.calls))
	return nil
}
