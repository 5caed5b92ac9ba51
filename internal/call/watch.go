package call

import "github.com/switchhook/switchhook/internal/identifier"

// Watcher is told of the legs of calls while they live. It only takes a note: it is
// told in turns of calls.
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
	LegPath     LegStep = "path"     // the way of its packets changed; Reason has the text
	LegRefused  LegStep = "refused"  // it wanted somebody called, which was refused; Reason has the text
	LegMeasured LegStep = "measured" // a browser says how its media go; Media has it
	LegGone     LegStep = "gone"     // it ended, or moved to another call
)

// LegNews is a step of a leg in a call.
type LegNews struct {
	CorrelationID, ServerCallID string
	From, To                    identifier.ID // of the call's first invitation
	What                        LegStep
	Who                         identifier.ID
	Inbound                     bool
	Leg                         Leg
	Reason                      Reason       // with LegGone, LegPath and LegRefused
	Wire                        Wire         // with LegGone
	Media                       *ClientMedia // with LegMeasured
}

// watch tells of a step of an endpoint's leg.
func (e *endpoint) watch(what LegStep, why Reason, wire Wire) {
	e.tellWatcher(LegNews{What: what, Reason: why, Wire: wire})
}

// tellWatcher fills in whose news they are.
func (e *endpoint) tellWatcher(n LegNews) {
	if e.leg == nil {
		return
	}
	c := e.call
	n.CorrelationID, n.ServerCallID, n.From, n.To = c.correlationID, c.id, c.detail.From, c.detail.To
	n.Who, n.Inbound, n.Leg = e.id, e.inbound, e.leg
	c.registry.cfg.Watcher.Leg(n)
}

// step is watch for what needs no more words.
func (e *endpoint) step(what LegStep) { e.watch(what, Reason{}, Wire{}) }

// refused tells that an endpoint wanted somebody called, in vain.
func (e *endpoint) refused(to identifier.ID, err error) {
	e.watch(LegRefused, Reason{Kind: dialFailure(err), Text: "the call to " + to.Raw() + ": " + err.Error()}, Wire{})
}
