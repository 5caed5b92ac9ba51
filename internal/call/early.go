package call

// legSoundsEarly is a leg that can be heard before it is answered.
func (c *Call) legSoundsEarly(e *endpoint) {
	if j := e.join; !c.ended && j != nil && j.early != nil {
		j.early(e)
	}
}

// letHear lets a caller that was sent on hear whom it is sent to before that one
// answers: the network's announcements, or its music in place of ringing. What
// the caller says and presses goes the other way.
func (c *Call) letHear(caller, callee *endpoint) {
	if caller.join == nil {
		return
	}
	caller.join.early = func(*endpoint) {
		callee.joinMixEarly()
		caller.joinMixEarly()
	}
	caller.leg.Progress()
}

// joinMixEarly joins a leg's sound to the mix before the leg is answered (early media).
func (e *endpoint) joinMixEarly() {
	if e.port == nil && e.leg != nil && e.stage != gone && e.leg.TakeEarly() {
		e.call.log.Info("leg is heard before it is answered", "participant", e.id)
		e.joinMix()
	}
}
