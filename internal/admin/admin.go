// Package admin is the administration of a running server over HTTP: access keys,
// the telephones of users, the state of trunks and numbers, deliveries of events,
// probes and profiles. The command line is its client. Where Azure Resource Manager
// has an API for the same purpose, its shape is kept; the rest is below /admin.
// Every request passes the authentication of package rest.
package admin

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"time"

	"github.com/switchhook/switchhook/internal/deadletter"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/eventgrid/report"
	"github.com/switchhook/switchhook/internal/eventgrid/sender"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/recording/access"
	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/testline"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Config is what the administration looks at and changes.
type Config struct {
	Resource    *resource.Resource
	Endpoint    func() string // base URL of the server, without a final slash; waits until it is known
	PublicHosts []string

	Identities Identities
	// Users are a page of the identities in the order of their ids, and the token of the
	// next page, "" at the end.
	Users func(ctx context.Context, token string, limit int) (users []User, next string, err error)

	Numbers   Numbers
	Inventory func() any      // what is known of each number
	Owned     func() []string // numbers of the resource

	Trunks  *trunk.Table
	Lines   *testline.Lines
	Permits *permit.Rules
	Link    func(trunk string) Link // nil without SIP

	Registrar      *registrar.Registrar
	PhoneListeners func() (plain, secure net.Addr) // of SIP; secure may be nil; nil without SIP

	Recordings    Recordings
	RecordingGate func(access.Request) error // refuses who may not do that, and notes the others
	Exporting     func(guid string) bool     // whether a recording is still to be copied elsewhere

	Deliveries    *delivery.Engine
	Failures      *report.Report // the log of failed deliveries
	EventPolicy   string         // the policy of event subscriptions' deliveries
	Subscriptions Subscriptions
	DeadLetters   *deadletter.Box
	Tail          *sender.Tail

	// Overview says how the server is.
	Overview func(context.Context) Overview
	// ConsoleLink makes an address of the console that signs in once, within its life.
	ConsoleLink func(readOnly bool) (address string, life time.Duration)

	Stopping context.Context // ends when answers that go on must end
	Log      *slog.Logger
}

// Identities are the users of the resource.
type Identities interface {
	Exists(ctx context.Context, user identifier.ID) (bool, error)
	Import(ctx context.Context, rawIDs []string) (added int, err error)
}

// Numbers are the phone numbers of the resource.
type Numbers interface {
	Owns(number string) bool
}

// Subscriptions are the event subscriptions.
type Subscriptions interface {
	// Label is the name by which deliveries refer to a subscription.
	Label(name string) (string, error)
	Has(label string) bool
	// NameOf is the name as it was given; the label of one that is no more.
	NameOf(label string) string
	// DeadLetters returns where dead letters of a subscription are stored, "" for
	// nowhere, and how one becomes a message again.
	DeadLetters(label string) (store string, again func(event json.RawMessage) (delivery.Message, error), ok bool)
}

// API answers the requests of administrators.
type API struct{ Config }

// New returns the API.
func New(cfg Config) *API { return &API{cfg} }

// Routes registers the API.
func (a *API) Routes(rt *rest.Router) {
	a.keyRoutes(rt)
	a.identityRoutes(rt)
	a.eventRoutes(rt)
	a.trunkRoutes(rt)
	a.phoneRoutes(rt)
	a.lineRoutes(rt)
	a.recordingRoutes(rt)
	a.consoleRoutes(rt)
}
