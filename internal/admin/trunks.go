package admin

import (
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/switchhook/switchhook/internal/doctor"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Paths by which commands ask for the state of trunks and numbers.
const (
	TrunksPath  = "/admin/trunks"
	NumbersPath = "/admin/numbers"
)

// TrunkState is a trunk with its link and its load.
type TrunkState struct {
	Name      string `json:"name"`
	Address   string `json:"address,omitempty"` // "" for a trunk that only calls in
	Transport string `json:"transport"`
	Link
	Inbound        int       `json:"callsIn"`
	Outbound       int       `json:"callsOut"`
	MaxCalls       int       `json:"maxCalls,omitempty"`
	CallsPerSecond int       `json:"callsPerSecond,omitempty"`
	Refused        string    `json:"lastRefusal,omitempty"`
	RefusedAt      time.Time `json:"lastRefusalAt,omitzero"`
}

// Link is what OPTIONS and REGISTER say about a trunk.
type Link struct {
	State        string             `json:"state"` // unknown, online, inactive: by its answers to OPTIONS
	Answer       string             `json:"answer,omitempty"`
	Answered     time.Time          `json:"answered,omitzero"` // its last answer
	Heard        time.Time          `json:"heard,omitzero"`    // its last OPTIONS
	Registration *TrunkRegistration `json:"registration,omitempty"`
}

// TrunkRegistration is our registration with a trunk.
type TrunkRegistration struct {
	User       string    `json:"user"`
	State      string    `json:"state"` // registering, registered, failed
	Answer     string    `json:"answer,omitempty"`
	Since      time.Time `json:"since"`
	Until      time.Time `json:"until,omitzero"`
	Next       time.Time `json:"next,omitzero"`
	Associated []string  `json:"associated,omitempty"`
}

// Route says which trunks take the numbers of a pattern.
type Route struct {
	Name    string   `json:"name"`
	Pattern string   `json:"pattern"` // "" matches every number
	Trunks  []string `json:"trunks"`
}

func (a *API) trunkRoutes(rt *rest.Router) {
	always := rest.EvenWhenBusy()
	rt.Handle(http.MethodGet, TrunksPath, a.listTrunks, always)
	rt.Handle(http.MethodGet, NumbersPath, a.listNumbers, always)
	rt.Handle(http.MethodGet, numberTestPath, a.testNumber, always)
	rt.Handle(http.MethodGet, guardsPath, a.listGuards, always)
}

func (a *API) listTrunks(w http.ResponseWriter, _ *http.Request) error {
	list := []TrunkState{}
	for _, t := range a.Trunks.Trunks() {
		list = append(list, a.trunkState(t))
	}
	routes := []Route{}
	for _, r := range a.Trunks.Routes() {
		routes = append(routes, Route{Name: r.Name, Pattern: r.Pattern, Trunks: r.Trunks})
	}
	return rest.WriteJSON(w, http.StatusOK, map[string]any{"value": list, "routes": routes, "refused": a.Permits.Refused()})
}

func (a *API) listNumbers(w http.ResponseWriter, _ *http.Request) error {
	return rest.WriteJSON(w, http.StatusOK, map[string]any{"value": a.Inventory()})
}

func (a *API) trunkState(t *trunk.Trunk) TrunkState {
	load := a.Permits.Load(t.Name)
	state := TrunkState{
		Name: t.Name, Transport: string(t.Transport), Link: Link{State: "unknown"}, MaxCalls: t.MaxCalls, CallsPerSecond: t.CallsPerSecond,
		Inbound: load.Inbound, Outbound: load.Outbound, Refused: load.Refused, RefusedAt: load.RefusedAt,
	}
	if t.Host != "" {
		state.Address = net.JoinHostPort(t.Host, strconv.Itoa(t.Port))
	}
	if a.Link != nil {
		state.Link = a.Link(t.Name)
	}
	return state
}

// Finding says how a trunk does. One that does not work is no reason for the
// server not to.
func (t TrunkState) Finding() doctor.Finding {
	what := "trunk " + t.Name
	switch line := t.Registration; {
	case t.State == "inactive":
		return doctor.Finding{State: doctor.Note, What: what + " does not answer", Remedy: "last answer to OPTIONS: " + t.Answer + "; check host, port and transport, and whether the trunk permits this machine"}
	case line != nil && line.State == "failed":
		return doctor.Finding{State: doctor.Note, What: what + ": registration of " + line.User + " failed", Remedy: line.Answer + "; check username, password and host; the server tries again"}
	case line != nil && line.State == "registered":
		return doctor.Finding{State: doctor.OK, What: what + ", registered as " + line.User}
	}
	return doctor.Finding{State: doctor.OK, What: what}
}
