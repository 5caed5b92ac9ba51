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
	"github.com/switchhook/switchhook/internal/clockjump"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/console"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/deadletter"
	"github.com/switchhook/switchhook/internal/delivery"
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
	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/server/metrics"
	"github.com/switchhook/switchhook/internal/sip"
	"github.com/switchhook/switchhook/internal/siprouting"
	"github.com/switchhook/switchhook/internal/store"
	"github.com/switchhook/switchhook/internal/streaming"
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

	memory   memory.Room
	metrics  *prometheus.Registry
	data     *datadir.Dir
	resource *resource.Resource
	doubts   *clockjump.Watch
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
	sentAhead   *streaming.Budget // of what applications have sent into streams
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
	ports       *rtp.Ports // of phones; nil: SIP is off
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
	p.memory.Apply(p.log)
	p.public.known = make(chan struct{})
	p.metrics = metrics.New()
	p.metrics.MustRegister(metrics.Panics())
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
