package call

// report is what the endpoint's leg tells its news to. It never blocks.
func (e *endpoint) report(news Report) {
	for next := e.movedTo.Load(); next != nil; next = e.movedTo.Load() {
		e = next
	}
	if isDirect(news) {
		e.call.putHere(message{leg: e, report: news})
		return
	}
	e.pass(news)
}

// pass is report for whoever may hold a lock, or the turn of another call.
func (e *endpoint) pass(news Report) {
	if !e.call.put(message{leg: e, report: news}) {
		if want, asks := news.(Wanted); asks {
			want.Tell(errCallOver())
		}
	}
}

// isDirect reports whether who reports may do what follows.
func isDirect(news Report) bool {
	switch r := news.(type) {
	case Answered:
		return r.Direct
	case Ended:
		return r.Direct
	}
	return false
}

// read takes a report of the endpoint's leg.
func (e *endpoint) read(report Report) {
	if next := e.movedTo.Load(); next != nil { // it was on its way when the endpoint moved
		next.pass(report)
		return
	}
	if e.leg == nil { // the leg reported before Dial had returned it
		e.early = append(e.early, report)
		return
	}
	switch r := report.(type) {
	case Ringing:
		e.call.log.Debug("leg rings", "participant", e.id)
		e.step(LegRings)
		if e.join != nil && e.join.ringing != nil {
			e.join.ringing()
		}
	case EarlySound:
		e.call.legSoundsEarly(e)
	case Answered:
		e.step(LegAnswered)
		e.legAnswered()
	case ToneHeard:
		if e.mayPress() {
			e.call.toneHeard(e, r.Tone)
		}
	case TransferWanted:
		e.wantsTransfer(r)
	case Wanted:
		e.grants(r)
	case ForwardWanted:
		if e.join != nil && e.join.forward != nil && !e.call.ended {
			e.join.forward(e, r)
		}
	case pipeOffer:
		e.takePipe(r)
	case SoundChanged:
		e.widen()
	case PathChanged:
		e.watch(LegPath, Reason{Text: r.State}, Wire{})
	case MediaMeasured:
		e.tellWatcher(LegNews{What: LegMeasured, Media: &r.ClientMedia})
	case HoldChanged:
		e.call.log.Debug("far end changed hold", "participant", e.id, "held", r.Held)
		if r.Held {
			e.step(LegHeld)
		} else {
			e.step(LegUnheld)
		}
	case Ended:
		e.legEnded(r)
	}
}

// started gives the endpoint its leg and reads the news that came before.
func (e *endpoint) started(leg Leg) {
	e.leg = leg
	e.step(LegCame)
	if e.ending != nil {
		leg.End(*e.ending)
	}
	early := e.early
	e.early = nil
	for _, report := range early {
		e.read(report)
	}
}

// legAnswered joins a leg that is up to the sound of the call.
func (e *endpoint) legAnswered() {
	e.stopRinging()
	if e.stage != arriving { // it crossed our hang-up: nobody will hear it
		if e.port == nil {
			closePort(e.leg.Port())
		}
		return
	}
	if e.port == nil { // it was not heard before
		e.joinMix()
	}
	e.call.arrived(e)
}

// legEnded is the last report of the endpoint's leg.
func (e *endpoint) legEnded(end Ended) {
	if e.stage == gone { // of a broken call
		return
	}
	e.stopRinging()
	why := e.whyEnded(end.Reason)
	e.call.detailLeg(e, end.Wire, why)
	e.watch(LegGone, why, end.Wire)
	e.call.departed(e, why)
}

// whyEnded is our own reason where we ended the leg, with what the wire said.
func (e *endpoint) whyEnded(reported Reason) Reason {
	if e.ending == nil {
		return reported
	}
	why := *e.ending
	why.SIP, why.Q850 = reported.SIP, reported.Q850
	return why
}
