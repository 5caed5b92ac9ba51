package eventgrid

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/clockjump"
	"github.com/switchhook/switchhook/internal/eventgrid/sender"
	"github.com/switchhook/switchhook/internal/store"
)

// maxSubscriptions is Azure's limit for one resource.
const maxSubscriptions = 500

// Config is what a Grid is told about its resource and its surroundings.
type Config struct {
	// The resource as ARM names it; the ids of subscriptions and the topic of
	// events are made of these.
	SubscriptionID string // a GUID
	ResourceGroup  string
	ResourceName   string

	// PublicBase returns the address at which applications reach this server,
	// such as "https://localhost:8443". It is asked when a handshake starts, and
	// may block until the port is known.
	PublicBase func() string

	// Transport carries the handshakes; nil takes http.DefaultTransport. Give the
	// one that deliveries use, so that what consents is what is posted to.
	Transport http.RoundTripper

	// Tokens makes those of protected webhooks; nil refuses such subscriptions.
	Tokens Tokens

	// DeadLetter finds the store that keeps the dead letters of a storage account's
	// container; nil refuses subscriptions that want one.
	DeadLetter func(account, container string) (url string, err error)

	// Destinations are those besides webhooks. Reach, if given, says why a
	// destination that was found is not there; it is asked at each change to one.
	Destinations Destinations
	Reach        func(ctx context.Context, url string) error

	RequireHTTPS     bool             // refuse http endpoints
	MaxSubscriptions int              // 0 takes 500, Azure's limit
	Now              func() time.Time // nil takes time.Now
	Doubts           *clockjump.Watch // of that clock: no subscription is deleted by its age meanwhile; nil: one of its own

	Metrics prometheus.Registerer // nil shows none
	Tail    *sender.Tail          // sees every event; may be nil
}

// Grid is the event source of one resource: its subscriptions, and the way of
// its events to them. Close ends it.
type Grid struct {
	cfg       Config
	arm       armResource
	topic     string
	handshake handshake
	records   records
	poster    Poster
	metrics   *metrics
	log       *slog.Logger

	view atomic.Pointer[view] // what publishing and reading use; replaced, never changed

	admin sync.Mutex                    // one change at a time: it is stored, then shown in view
	tasks map[string]context.CancelFunc // of handshakes under way, by key
	work  sync.WaitGroup                // their goroutines

	expiry *time.Timer        // the look for expired subscriptions; nil until one can expire
	life   context.Context    // ends them
	end    context.CancelFunc // of life
}

// New opens the Grid of a resource: it reads the stored subscriptions, and takes
// up the handshakes that a stop cut short.
func New(cfg Config, backend store.Backend, poster Poster, log *slog.Logger) (*Grid, error) {
	kept, err := store.NewCollection(backend, storedSubscriptions)
	if err != nil {
		return nil, err
	}
	return open(cfg, kept, poster, log)
}

// open is New with the records given; they are closed with the Grid.
func open(cfg Config, kept records, poster Poster, log *slog.Logger) (*Grid, error) {
	if cfg.SubscriptionID == "" || cfg.ResourceGroup == "" || cfg.ResourceName == "" || cfg.PublicBase == nil {
		kept.Close()
		return nil, fmt.Errorf("event grid: the configuration lacks the resource's names or its public address")
	}
	if cfg.Transport == nil {
		cfg.Transport = http.DefaultTransport
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Doubts == nil {
		cfg.Doubts = clockjump.New(cfg.Now, log)
	}
	cfg.MaxSubscriptions = cmp.Or(cfg.MaxSubscriptions, maxSubscriptions)
	g := &Grid{
		cfg:     cfg,
		arm:     armResource{subscription: cfg.SubscriptionID, group: cfg.ResourceGroup, name: cfg.ResourceName},
		records: kept,
		poster:  poster,
		metrics: newMetrics(),
		log:     log,
		tasks:   map[string]context.CancelFunc{},
	}
	if err := g.metrics.register(cfg.Metrics); err != nil {
		log.Warn("metrics of events are not available", "error", err)
	}
	g.topic = g.arm.topic()
	g.handshake = newHandshake(cfg.Transport, cfg.Tokens, g.topic, cfg.Now)
	g.life, g.end = context.WithCancel(context.Background())
	if err := g.load(); err != nil {
		g.Close()
		return nil, err
	}
	return g, nil
}

// load reads what is stored, and takes up the handshakes that a stop cut short.
func (g *Grid) load() error {
	g.admin.Lock()
	defer g.admin.Unlock()
	all, err := g.stored()
	if err != nil {
		return err
	}
	g.replaceView(newView(all, g.metrics))
	for _, sub := range all {
		switch sub.State {
		case creating, updating:
			if err := g.begin(sub, sub.State); err != nil {
				return err
			}
		case awaiting:
			g.run(sub, "")
		}
	}
	return nil
}

// Close stops the handshakes under way and waits for them. Subscriptions that
// were in one start it again when the Grid is opened anew.
func (g *Grid) Close() {
	g.admin.Lock() // a change that goes on may still start a handshake
	g.end()
	if g.expiry != nil {
		g.expiry.Stop()
	}
	g.admin.Unlock()
	g.work.Wait()
	g.records.Close()
}
