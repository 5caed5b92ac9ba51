package call

import "fmt"

// stage is how far an endpoint has come:
//
//	arriving ──> present <──> handingOver
//	    │           │              │
//	    │           v              │
//	    ├───────> leaving <────────┤
//	    v           v              v
//	    └─────────> gone <─────────┘
type stage uint8

const (
	arriving    stage = iota // dialled, ringing, or calling us
	present                  // in the call
	handingOver              // in the call; its phone asks for somebody in its place and may leave before that one comes
	leaving                  // neither heard nor listed; its leg has yet to report its end
	gone                     // nothing follows
)

var stageNames = [...]string{"arriving", "present", "handingOver", "leaving", "gone"}

// String names the stage.
func (s stage) String() string { return stageNames[s] }

// nextStages lists the moves that are allowed.
var nextStages = map[stage][]stage{
	arriving:    {present, leaving, gone},
	present:     {handingOver, leaving, gone},
	handingOver: {present, leaving, gone},
	leaving:     {gone},
}

// enter moves an endpoint to a stage and panics where the diagram has no such
// arrow: that would be a fault of this package.
func (e *endpoint) enter(to stage) {
	for _, allowed := range nextStages[e.stage] {
		if allowed == to {
			e.stage = to
			return
		}
	}
	panic(fmt.Sprintf("endpoint of %s cannot go from %s to %s", e.id, e.stage, to))
}

// place is where an endpoint is.
type place uint8

const (
	onWire        place = iota // at the far end of a leg: a phone, a browser
	onOwnNumber                // at the far end of a leg to a number of ours: a call of its own
	inOtherCall                // people of another call, reached through a pipe
	inApplication              // an application that takes part
	inControl                  // an application that controls the call without taking part
)

// isApplication reports whether the place has no leg.
func (p place) isApplication() bool { return p == inApplication || p == inControl }
