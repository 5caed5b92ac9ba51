package call

import "github.com/switchhook/switchhook/internal/identifier"

// Watcher is told of the legs of calls while they live. It only takes a note: it is
// told on the goroutines of calls.
type Watcher interface {
	Leg(LegNews)
}

type noWatcher struct{}

func (noWatcher) Leg(LegNews) {}

// LegStep is what a leg went through.
type LegStep string

// The steps.
const (
	LegCame     LegStep = "came" // it called us, or was called
	LegRings    LegStep = "rings"
	LegAnswered LegStep = "answered"
	LegHeld     LegStep = "held" // the far end put us on hold
	LegUnheld   LegStep = "unheld"
	LegPath     LegStep = "path"    // the way of its packets changed; Reason has the text
	LegRefused  LegStep = "refused" // it wanted somebody called, which was refused; Reason has the text
	LegGone     LegStep = "gone"    // it ended, or moved to another call
)

// LegNews is a step of a leg in a call.
type LegNews struct {
	CorrelationID, ServerCallID string
	From, To                    identifier.ID // of the call's first invitation
	What                        LegStep
	Who                         identifier.ID
	Inbound                     bool
	Leg                         Leg
	Reason                      Reason // with LegGone, LegPath and LegRefused
	Wire                        Wire   // with LegGone
}

// watch tells of a step of an endpoint's leg.
func (e *endpoint) watch(what LegStep, why Reason, wire Wire) {
	if e.leg == nil {
		return
	}
	c := e.call
	c.registry.cfg.Watcher.Leg(LegNews{
		CorrelationID: c.correlationID, ServerCallID: c.id, From: c.detail.From, To: c.detail.To,
		What: what, Who: e.id, Inbound: e.inbound, Leg: e.leg, Reason: why, Wire: wire,
	})
}

// step is watch for what needs no more words.
func (e *endpoint) step(what LegStep) { e.watch(what, Reason{}, Wire{}) }

// refused tells that an endpoint wanted somebody called, in vain.
func (e *endpoint) refused(to identifier.ID, err error) {
	e.watch(LegRefused, Reason{Kind: dialFailure(err), Text: "the call to " + to.Raw() + ": " + err.Error()}, Wire{})
}
