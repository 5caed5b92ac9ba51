package siprouting

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/inbox"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Config is what an API needs.
type Config struct {
	Trunks []trunk.Trunk // of the configuration file
	Routes []trunk.Route // of the configuration file
	Table  *trunk.Table  // required; the API sets it
	Health Health        // nil: unknown
	Store  store.Backend // required
	Log    *slog.Logger  // nil: slog.Default()

	// FileTrunksOnly forbids trunks that the configuration file does not have.
	FileTrunksOnly bool
	// Allow refuses addresses of trunks that the file does not have; nil: none.
	Allow func(netip.Addr) error

	Resolver trunk.Resolver // of trunks' hosts; nil: the system's
}

// API serves the trunks and routes of one resource.
type API struct {
	cfg     Config
	file    plan // what the configuration file says
	changes *store.Collection[changes]

	change sync.Mutex // one PATCH at a time
	mu     sync.RWMutex
	now    plan // its lists are never changed in place
	rules  overrides

	hostsChanged inbox.Signal // hosts have to be looked up
	life         context.Context
	end          context.CancelFunc
	work         sync.WaitGroup
}

// changes are what the API has set. A nil list was never set: what the
// configuration file says is in force.
type changes struct {
	Domains []domain `json:"domains,omitempty"`
	Trunks  []sbc    `json:"trunks"`
	Routes  []route  `json:"routes"`
}

// stored is how changes are kept, under one id.
var stored = store.Define[changes]("sip-routing", store.Unchanged)

const (
	recordID   = "configuration" // of the only value
	lookUpTime = 10 * time.Second
)

// New loads what the API has set before and puts it into the table. Close ends
// it.
func New(ctx context.Context, cfg Config) (*API, error) {
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	if cfg.Health == nil {
		cfg.Health = unknownHealth{}
	}
	saved, err := store.NewCollection(cfg.Store, stored)
	if err != nil {
		return nil, err
	}
	a := &API{cfg: cfg, file: planOf(cfg.Trunks, cfg.Routes), changes: saved, hostsChanged: inbox.NewSignal()}
	a.life, a.end = context.WithCancel(context.WithoutCancel(ctx))
	if err := a.restore(ctx); err != nil {
		a.Close()
		return nil, fmt.Errorf("restore trunks and routes: %w", err)
	}
	a.work.Go(a.lookUp)
	return a, nil
}

func (a *API) restore(ctx context.Context) error {
	set, err := a.storedChanges(ctx)
	if err != nil {
		return err
	}
	now := a.file.with(set)
	for _, missing := range now.danglingReferences() {
		a.cfg.Log.Warn("a route names a trunk that does not exist", "route", missing.route, "trunk", missing.trunk)
	}
	if set.Trunks != nil || set.Routes != nil {
		a.cfg.Log.Info("trunks and routes set over the SIP routing API replace those of the configuration file",
			"trunks", set.Trunks != nil, "routes", set.Routes != nil)
	}
	return a.activate(now)
}

// activate puts a plan into the table. After an error everything is as before.
func (a *API) activate(next plan) error {
	trunks, routes := a.settings(next)
	rules, err := next.overrides()
	if err != nil {
		return err
	}
	if err := a.cfg.Table.Set(trunks, routes); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now, a.rules = next, rules
	return nil
}

// Close waits for what still runs. Call it before the store is closed.
func (a *API) Close() {
	a.end()
	a.work.Wait()
	a.changes.Close()
}

// Register adds the routes of the API.
func (a *API) Register(rt *rest.Router) {
	rt.Handle(http.MethodGet, "/sip", a.get)
	rt.Handle(http.MethodPatch, "/sip", a.update)
	rt.Handle(http.MethodPost, "/sip:testRoutesWithNumber", a.testRoutes)
}

// current is the plan in force.
func (a *API) current() plan {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.now
}

// lookUp finds the addresses of hosts whenever some are new, so that they may
// call in. One look-up runs at a time, whatever clients do.
func (a *API) lookUp() {
	for {
		select {
		case <-a.life.Done():
			return
		case <-a.hostsChanged:
		}
		ctx, cancel := context.WithTimeout(a.life, lookUpTime)
		err := a.cfg.Table.Refresh(ctx, a.cfg.Resolver)
		cancel()
		if err != nil && a.life.Err() == nil {
			a.cfg.Log.Warn("the host of a trunk was not found", "error", err)
		}
	}
}

// storedChanges is what the API has set so far.
func (a *API) storedChanges(ctx context.Context) (changes, error) {
	set, err := a.changes.Get(ctx, recordID)
	if fault.Is(err, fault.KindNotFound) {
		return changes{}, nil
	}
	return set, err
}
