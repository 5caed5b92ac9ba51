package server

import (
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/switchhook/switchhook/internal/phonenumbers"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/sip"
	"github.com/switchhook/switchhook/internal/siprouting"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Where commands ask what a running server knows.
const (
	TrunksPath  = "/admin/trunks"
	NumbersPath = "/admin/numbers"
)

// TrunkState is a trunk with what goes on there.
type TrunkState struct {
	Name           string     `json:"name"`
	Address        string     `json:"address,omitempty"` // "" for a trunk that only calls in
	Transport      string     `json:"transport"`
	State          string     `json:"state"` // unknown, online, inactive: by its answers to OPTIONS
	Answer         string     `json:"answer,omitempty"`
	Answered       time.Time  `json:"answered,omitzero"`
	Heard          time.Time  `json:"heard,omitzero"`
	Registration   *LineState `json:"registration,omitempty"`
	Inbound        int        `json:"callsIn"`
	Outbound       int        `json:"callsOut"`
	MaxCalls       int        `json:"maxCalls,omitempty"`
	CallsPerSecond int        `json:"callsPerSecond,omitempty"`
	Refused        string     `json:"lastRefusal,omitempty"`
	RefusedAt      time.Time  `json:"lastRefusalAt,omitzero"`
}

// LineState is our registration with a trunk.
type LineState struct {
	User       string    `json:"user"`
	State      string    `json:"state"` // registering, registered, failed
	Answer     string    `json:"answer,omitempty"`
	Since      time.Time `json:"since"`
	Until      time.Time `json:"until,omitzero"`
	Next       time.Time `json:"next,omitzero"`
	Associated []string  `json:"associated,omitempty"`
}

// NumberState is a number of the inventory.
type NumberState = phonenumbers.Known

// registerStates adds what commands ask.
func (p *parts) registerStates(rt *rest.Router) {
	always := rest.EvenWhenBusy()
	rt.Handle(http.MethodGet, TrunksPath, p.listTrunks, always)
	rt.Handle(http.MethodGet, NumbersPath, p.listNumbers, always)
}

func (p *parts) listTrunks(w http.ResponseWriter, _ *http.Request) error {
	list := []TrunkState{}
	for _, t := range p.trunks.Trunks() {
		list = append(list, p.trunkState(t))
	}
	return rest.WriteJSON(w, http.StatusOK, map[string]any{"value": list, "refused": p.permits.Refused()})
}

func (p *parts) listNumbers(w http.ResponseWriter, _ *http.Request) error {
	return rest.WriteJSON(w, http.StatusOK, map[string]any{"value": p.numbers.Inventory()})
}

func (p *parts) trunkState(t *trunk.Trunk) TrunkState {
	load := p.permits.Load(t.Name)
	state := TrunkState{
		Name: t.Name, Transport: string(t.Transport), State: string(sip.Unknown), MaxCalls: t.MaxCalls, CallsPerSecond: t.CallsPerSecond,
		Inbound: load.Inbound, Outbound: load.Outbound, Refused: load.Refused, RefusedAt: load.RefusedAt,
	}
	if t.Host != "" {
		state.Address = net.JoinHostPort(t.Host, strconv.Itoa(t.Port))
	}
	if p.phones == nil {
		return state
	}
	if health, ok := p.phones.Health(t.Name); ok {
		state.State, state.Answer, state.Answered, state.Heard = string(health.State), health.Answer, health.Answered, health.Heard
	}
	if r := p.phones.Registration(t.Name); r.State != "" {
		state.Registration = &LineState{User: r.User, State: string(r.State), Answer: r.Answer, Since: r.Since, Until: r.Until, Next: r.Next, Associated: r.Associated}
	}
	return state
}

// trunkWatch tells the SIP routing API how trunks do.
type trunkWatch struct{ p *parts }

// recentPing is for how long a trunk's own OPTIONS count as a sign of life.
const recentPing = 5 * time.Minute

// Health is what we know of a trunk, in the API's words. A trunk that nobody asks
// and that has not asked is unknown.
func (w trunkWatch) Health(name string) siprouting.TrunkHealth {
	found := siprouting.TrunkHealth{TLS: siprouting.Unknown, Ping: siprouting.Unknown, Overall: siprouting.Unknown}
	if w.p.phones == nil {
		return found
	}
	health, ok := w.p.phones.Health(name)
	line := w.p.phones.Registration(name)
	switch {
	case !ok:
	case health.State == sip.Inactive:
		found.Ping, found.Overall, found.Reason = siprouting.Failing, siprouting.Inactive, "noRecentPings"
	case line.State == sip.NotRegistered:
		found.Overall = siprouting.Inactive
	case health.State == sip.Online, line.State == sip.Registered, time.Since(health.Heard) < recentPing:
		found.Ping, found.Overall = siprouting.OK, siprouting.Active
	case !health.Heard.IsZero():
		found.Ping = siprouting.Expired
	}
	if found.Overall == siprouting.Active && w.overTLS(name) {
		found.TLS = siprouting.OK
	}
	return found
}

func (w trunkWatch) overTLS(name string) bool {
	for _, t := range w.p.trunks.Trunks() {
		if t.Name == name {
			return t.Transport == trunk.TLS
		}
	}
	return false
}
