package call

// kind is what sort of conversation a call is. It answers what ends the call and
// who may name it:
//
//	twoParty ──add, move──> group          room, for its whole life
type kind uint8

const (
	twoParty kind = iota // two ends: it ends when either leaves
	group                // it goes on when one leaves, until nobody is left to talk to
	room                 // as a group, and it waits for who comes alone: the room is there before and after
)

// becomeGroup makes a call of two ends one that goes on when one leaves.
func (c *Call) becomeGroup() {
	if c.kind == twoParty {
		c.kind = group
		c.tellSeats()
	}
}

// endsWhenOneLeaves says that the call is over for both when one hangs up.
func (k kind) endsWhenOneLeaves() bool { return k == twoParty }

// enough is how many participants the call needs to go on, when nobody is on the
// way in: two people talk; in a group that clients have joined by its name, and in
// a room, one waits for the next.
func (c *Call) enough() int {
	if c.kind == room || c.joinable {
		return 1
	}
	return 2
}

// deserted says that nobody is left to talk to, and nobody is on the way in.
func (c *Call) deserted() bool {
	for _, e := range c.endpoints {
		if e.join != nil {
			return false
		}
	}
	return len(c.listed()) < c.enough() && len(c.rings) == 0
}

// goOn lets a call go on without somebody who has left, or ends it where nobody is left to
// talk to. Where nobody is left but those on the way in it notes why, for notCome.
func (c *Call) goOn(why Reason) {
	if c.deserted() {
		c.finish(why, nil)
		return
	}
	if len(c.listed()) < c.enough() {
		c.lastLeft = &why
	}
	c.tellRoster()
}

// endIfDeserted ends a call in which nobody is left to talk to.
func (c *Call) endIfDeserted(why Reason) {
	if !c.ended && c.deserted() {
		c.finish(why, nil)
	}
}

// notCome ends a call in which nobody is left to talk to, when somebody on the way in does not
// come: for the reason of who left last, or for that one if nobody did. What became of who did
// not come has an event of its own.
func (c *Call) notCome(why Reason) {
	if c.lastLeft != nil {
		why = *c.lastLeft
	}
	c.endIfDeserted(why)
}
