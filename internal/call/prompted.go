package call

import "slices"

// prompted are the participants to whom something is played alone, by another operation than
// one. Applications see them on hold meanwhile, as on the service, which takes them out of the
// conversation for that time.
func (c *Call) prompted(but *operation) (list []*participant) {
	for _, conn := range c.connections {
		for _, op := range conn.operations {
			if op != but && op.promptsAlone() {
				list = append(list, op.audience.of...)
			}
		}
	}
	return list
}

// promptsAlone reports whether the operation is a play to single participants.
func (op *operation) promptsAlone() bool { return op.Kind == PlayOperation && op.audience != nil }

// shown is the participant's entry in the list of participants as applications see it.
func (p *participant) shown(prompted []*participant) Participant {
	entry := p.roster()
	entry.OnHold = entry.OnHold || slices.Contains(prompted, p)
	return entry
}

// tellPrompted tells applications that a play to single participants has begun or is over. It
// does not show of those who are on hold, have left, or are played something else to.
func (c *Call) tellPrompted(op *operation) {
	if c.ended || !op.promptsAlone() {
		return
	}
	others := c.prompted(op)
	for _, p := range op.audience.of {
		if p.isHere() && !p.shown(others).OnHold {
			c.rosterVersion++
			c.tellApplications()
			return
		}
	}
}
