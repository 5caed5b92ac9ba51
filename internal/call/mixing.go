package call

// joinMix lets a leg be heard in the call, and hear it.
func (e *endpoint) joinMix() {
	e.port = &legPort{Port: e.leg.Port(), measured: &e.call.measured}
	e.widen()
	e.member = e.call.sound().Join(e.port)
	e.private.setMember(e.member)
}

// joinApplication makes an application's end heard, and listed unless it only
// controls the call.
func (c *Call) joinApplication(self *endpoint) {
	if self.member == nil {
		self.member = c.sound().Join(self.app)
		self.private.setMember(self.member)
	}
	if self.place == inApplication && self.stage == arriving {
		c.admit(self)
	}
	c.recording.hear(self)
	c.publishArrival(self)
}

// leaveMix takes an endpoint's sound out of the mix, which closes it.
func (e *endpoint) leaveMix() {
	if e.member != nil {
		e.private.setMember(nil)
		e.member.Leave()
		e.member = nil
	}
	if e.call.captions != nil {
		e.call.captions.withoutReader(e.call, e)
	}
}

// widen makes the call wideband if the endpoint's sound is.
func (e *endpoint) widen() {
	if e.port == nil {
		return
	}
	if wide, ok := e.port.Port.(Wideband); ok && wide.SampleRate() >= WideRate {
		e.call.sound().Rise()
	}
}
