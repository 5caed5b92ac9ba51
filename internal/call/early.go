package call

// soundsEarly is a leg that can be heard before it is answered.
func (c *Call) soundsEarly(p *participant) {
	if j := p.joining; !c.ended && j != nil && j.early != nil {
		j.early(p)
	}
}

// letHear lets a caller that was sent on hear whom it is sent to before that one
// answers: the network's announcements, or its music in place of ringing. What
// the caller says and presses goes the other way.
func (c *Call) letHear(caller, callee *participant) {
	if caller.joining == nil {
		return
	}
	caller.joining.early = func(*participant) {
		callee.sitEarly()
		caller.sitEarly()
	}
	caller.leg.Progress()
}

// sitEarly joins a leg's sound to the mix before the leg is answered.
func (p *participant) sitEarly() {
	if p.seat == nil && p.leg != nil && !p.legEnded && p.leg.TakeEarly() {
		p.call.log.Info("leg is heard before it is answered", "participant", p.id)
		p.sit()
	}
}
