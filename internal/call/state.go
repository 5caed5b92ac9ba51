package call

import "fmt"

// State is where a connection is in its life:
//
//	                  ┌──it failed, or the group goes on──┐
//	                  ▼                                   │
//	Connecting ──▶ Connected ──a transfer begins──▶ Transferring ──handed over──▶ TransferAccepted
//	    │             │                                   │                             │
//	    └─────────────┴─────────────────┬─────────────────┴─────────────────────────────┘
//	                                    ▼
//	                              Disconnecting ──the last operation has ended──▶ Disconnected
//
// Only the transfer of one of two ends is a state: whoever is transferred out of a group
// leaves it as it is.
type State uint8

// The states.
const (
	Connecting State = iota
	Connected
	Transferring
	TransferAccepted
	Disconnecting
	Disconnected
)

// next lists the moves that are allowed.
var next = map[State][]State{
	Connecting:       {Connected, Disconnecting},
	Connected:        {Transferring, Disconnecting},
	Transferring:     {Connected, TransferAccepted, Disconnecting},
	TransferAccepted: {Disconnecting},
	Disconnecting:    {Disconnected},
}

var stateNames = [...]string{"connecting", "connected", "transferring", "transferAccepted", "disconnecting", "disconnected"}

// String returns the state in Azure's words.
func (s State) String() string { return stateNames[s] }

// enter moves a connection to a state and panics where the diagram has no such
// arrow: that would be a fault of this package.
func (c *Connection) enter(to State) {
	for _, allowed := range next[c.state] {
		if allowed == to {
			c.state = to
			return
		}
	}
	panic(fmt.Sprintf("connection %s cannot go from %s to %s", c.id, c.state, to))
}
