package call

// setMuted says whether the others hear the participant.
func (p *participant) setMuted(muted bool) {
	p.muted = muted
	for _, e := range p.endpoints() {
		e.applyRights()
		if leg, ok := e.leg.(MuteFollower); ok {
			leg.FollowMute(muted)
		}
	}
}

// setHeld says whether the participant is kept from hearing the others and from
// being heard.
func (p *participant) setHeld(held bool) {
	p.held = held
	for _, e := range p.endpoints() {
		e.applyRights()
	}
	p.call.streamsFollowHold()
}

// applyRights lets an endpoint obey what its participant was told, what it wants
// itself, and its role.
func (e *endpoint) applyRights() {
	if e.member == nil || e.who == nil {
		return
	}
	muted, held := e.who.muted || e.silent() && !e.plays(), e.who.held || e.selfHeld
	if muted != e.muted {
		e.muted = muted
		e.member.SetMuted(muted)
	}
	if held != e.held {
		e.held = held
		e.member.SetHeld(held)
	}
}

// silent reports whether the endpoint does not want to be heard, or must not.
func (e *endpoint) silent() bool { return e.selfMuted || !e.role.MaySpeak() }
