// Package rest implements the HTTP conventions of Azure's APIs: routing by the verb
// after the last colon, authentication, api-versions, errors, pages, repeatable
// requests and the headers of every response. It obeys the Azure REST API
// guidelines as recorded responses of the real service show them, and the OASIS
// specification of repeatable requests. What an operation does is up to its handler.
package rest

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/ratelimit"
)

// DefaultMaxBody is the size limit of a request's body, in bytes.
const DefaultMaxBody = 1 << 20

// DefaultBodies bounds the bodies of all requests that are answered at once, in
// bytes: 64 of the largest.
const DefaultBodies = 64 << 20

// Handler answers a request. It writes a success (WriteJSON, or nothing at all
// for the route's success code without a body) or returns an error, which the
// router writes.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Authenticator returns the sender of a request, or refuses it with an *auth.Denial.
type Authenticator interface {
	Authenticate(r *http.Request, body auth.Body, scope auth.Scope) (auth.Principal, error)
}

// Config is what a Router needs.
type Config struct {
	Auth    Authenticator         // required for routes without NoAuth
	Hosts   *auth.Hosts           // names that links to this server may contain; nil: loopback alone
	Admit   func(Change) error    // asked before a request that changes something; its error, of kind Busy, is the answer; nil: always
	Log     *slog.Logger          // nil: slog.Default()
	Metrics prometheus.Registerer // nil: none
	MaxBody int64                 // bytes; 0 takes DefaultMaxBody
	Bodies  int64                 // bytes that the bodies of all requests may take at once; 0 takes DefaultBodies
	Now     func() time.Time      // nil: time.Now
	// Watch is shown every answered request whose route Watched selects; it must not
	// block. nil: nobody looks.
	Watch   func(Served)
	Watched func(pattern string) bool
}

// Router is the http.Handler of every API. Routes are added before it serves.
type Router struct {
	cfg     Config
	routes  tree
	bodies  budget
	metrics *metrics

	refusals *ratelimit.Bucket // of strangers, that are logged
	unlogged atomic.Uint64     // since the last one
}

// New returns a router without routes.
func New(cfg Config) *Router {
	cfg.MaxBody = cmp.Or(cfg.MaxBody, DefaultMaxBody)
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	cfg.Hosts = cmp.Or(cfg.Hosts, auth.NewHosts())
	if cfg.Admit == nil {
		cfg.Admit = func(Change) error { return nil }
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	rt := &Router{cfg: cfg, metrics: newMetrics(cfg.Metrics), refusals: ratelimit.NewBucket(loggedRefusals)}
	rt.bodies.left.Store(cmp.Or(cfg.Bodies, DefaultBodies))
	return rt
}

// Handle adds a route. A pattern is a path whose segments are texts or
// {parameters}, with an optional verb behind a colon at its end, such as
// "/calling/callConnections/{callConnectionId}:play". Texts and verbs match in
// any case; a parameter takes a whole segment, decoded, with the colons in it.
// Handle panics on a wrong pattern and on a route that is there already.
func (rt *Router) Handle(method, pattern string, handler Handler, opts ...Option) {
	route := &route{method: method, pattern: pattern, handler: handler, audience: audienceOf(pattern), noVersion: ours(pattern), success: []int{http.StatusOK}}
	for _, opt := range opts {
		opt(route)
	}
	if route.audience != anyone && rt.cfg.Auth == nil {
		panic(fmt.Sprintf("rest: route %s %s needs an Authenticator", method, pattern))
	}
	rt.routes.add(route)
}

// Routes lists "METHOD pattern" of every route, in the order of Handle.
func (rt *Router) Routes() []string {
	var list []string
	for _, r := range rt.routes.all {
		list = append(list, r.method+" "+r.pattern)
	}
	return list
}
