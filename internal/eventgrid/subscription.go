package eventgrid

import (
	"net/url"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/outbound"
)

// state is how far a subscription has come:
//
//	Creating ─┬─> Succeeded ──> Updating ─┬─> Succeeded
//	          ├─> AwaitingManualAction ───┤
//	          └─> Failed                  └─> Failed
//
// A create or an update starts the handshake. AwaitingManualAction ends as
// Succeeded when the validation URL is opened, or as Failed ten minutes later.
// From every state an update leads back to Updating.
type state string

const (
	creating  state = "Creating"
	updating  state = "Updating"
	awaiting  state = "AwaitingManualAction"
	succeeded state = "Succeeded"
	failed    state = "Failed"
)

// ended reports whether no handshake is under way.
func (s state) ended() bool { return s == succeeded || s == failed }

// Settings are what the owner of a subscription asks for.
type Settings struct {
	Endpoint     string      `json:"endpoint"`             // the webhook's URL, whose query is secret; or the address of Target
	Target       Target      `json:"target,omitzero"`      // of what is no webhook
	Schema       string      `json:"schema,omitempty"`     // eventDeliverySchema; see schema
	Attributes   []Attribute `json:"attributes,omitempty"` // headers of the owner's own
	Entra        Entra       `json:"entra,omitzero"`
	Batch        Batch       `json:"batch,omitzero"`
	DeadLetter   DeadLetter  `json:"deadLetter,omitzero"`
	Filter       Filter      `json:"filter,omitzero"`
	Retry        Retry       `json:"retry"`
	Labels       []string    `json:"labels,omitempty"`
	Expires      time.Time   `json:"expires,omitzero"`       // zero never does
	ArrayFilters bool        `json:"arrayFilters,omitempty"` // enableAdvancedFilteringOnArrays
}

// Retry is a subscription's retry policy.
type Retry struct {
	MaxAttempts int           `json:"maxAttempts"`           // 1–30
	TimeToLive  time.Duration `json:"timeToLiveNanoseconds"` // 1–1440 minutes
}

// Bounds and defaults of retry policies (Event Grid, "Message delivery and retry").
const (
	maxAttempts   = 30
	maxTimeToLive = 1440 * time.Minute
)

// Subscription is what is stored of one event subscription.
type Subscription struct {
	Name   string    `json:"name"` // as its owner wrote it; names do not differ by case alone
	Wanted Settings  `json:"wanted"`
	Active *Settings `json:"active,omitempty"` // what the last successful handshake consented to; nil before the first
	// PerMinute is how many requests a minute that consent grants; 0: any number.
	PerMinute int       `json:"perMinute,omitempty"`
	State     state     `json:"state"`
	Problem   string    `json:"problem,omitempty"` // why State is Failed, or what AwaitingManualAction waits for
	Consent   *consent  `json:"consent,omitempty"` // of the handshake under way; a result counts only for its own
	Created   time.Time `json:"created"`
	Updated   time.Time `json:"updated"`
}

// consent is what opening the validation URL must prove. It is stored without
// the token itself, which only the endpoint has been told.
type consent struct {
	ID        string    `json:"id"`
	TokenHash []byte    `json:"tokenHash"` // SHA-256
	Deadline  time.Time `json:"deadline"`
}

// key is the name by which a subscription is stored and looked up.
func key(name string) string { return strings.ToLower(name) }

// Label is a subscription's name as deliveries and their records bear it. It
// fails with fault.Invalid for what can be no name.
func Label(name string) (string, error) {
	return strings.ToUpper(name), checkName(name)
}

// Has reports whether there is a subscription of that name, in any case.
func (g *Grid) Has(name string) bool {
	_, exists := g.view.Load().find(name)
	return exists
}

// NameOf is the name of a subscription as it was given, or as deliveries bear it if it is no more.
func (g *Grid) NameOf(label string) string {
	if sub, exists := g.view.Load().find(label); exists {
		return sub.Name
	}
	return label
}

// label is the name as Event Grid writes it in headers, logs and paths.
func (s Subscription) label() string { return strings.ToUpper(s.Name) }

// baseURL is an endpoint without its query, which often holds a secret: the
// only form for answers and logs.
func baseURL(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	return outbound.Shown(u)
}
