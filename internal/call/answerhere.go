package call

// answersHere is a Leg whose answer who works on the call may make, after the turn, so that
// no other goroutine has to be woken.
type answersHere interface {
	// LeaveAnswer is Answer, but that nobody needs to begin with it before WorkHere.
	LeaveAnswer()
	// WorkHere does what was left for the leg, or has its goroutine do it. It does not wait
	// for anybody. Its caller holds no lock and has time.
	WorkHere()
}

// answer accepts the call of an inbound leg.
func (e *endpoint) answer() {
	leg, can := e.leg.(answersHere)
	if !can || e.call.answering != nil {
		e.leg.Answer()
		return
	}
	leg.LeaveAnswer()
	e.call.answering = leg
}
