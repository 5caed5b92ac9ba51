package call

import (
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// participant is who is in a call, or on the way in.
type participant struct {
	id      identifier.ID
	call    *Call
	inbound bool // it called us

	identities []string // its Identity headers, of one who called us

	leg      Leg // nil for an application, and while being dialled
	legEnded bool
	early    []Report    // news that arrived before leg was known
	ending   *Reason     // the leg shall end as soon as it is known
	patience *time.Timer // until a dialled leg is given up

	app    *application // the sound of a participant that is an application
	seat   *seat        // the sound of a leg in the mix
	member Member       // in the mix, once connected

	moved atomic.Pointer[participant] // who he is in the call that he has moved to

	name      string    // what it wants to be called; "" for none
	stay      string    // a GUID while the witness counts it as present
	began     time.Time // when it was asked to come, or called
	cameUp    time.Time // when its leg was answered; zero before
	joining   *joining  // on the way in; nil once in
	hidden    bool      // an application that controls without taking part
	connected bool
	muted     bool
	held      bool
	piped     *Call         // from which it speaks through a pipe, and where it is present; nil: it is here
	parting   bool          // its phone hands the call over: it may leave before
	line      identifier.ID // the number of ours that it called or was called from; zero: none

	ear   whispers // what only it hears
	keys  relay    // that are passed on to it
	music *music   // of hold, while it is held

	sub *operation // what is going on with this participant alone
}

// isApplication reports whether the participant is an application, not a wire.
func (p *participant) isApplication() bool { return p.app != nil }

// isUser reports whether the participant is a user with a device of his own: not
// an application, nor one that called a number of ours, which comes in as a leg.
func (p *participant) isUser() bool {
	_, ownNumber := p.leg.(*hairpin)
	return p.id.Kind() == identifier.CommunicationUser && !p.isApplication() && (!ownNumber || p.piped != nil)
}

// report is what the participant's leg tells its news to. It never blocks.
func (p *participant) report(news Report) {
	for next := p.moved.Load(); next != nil; next = p.moved.Load() {
		p = next
	}
	p.call.post(func() { p.news(news) })
}

// news takes a report of the participant's leg.
func (p *participant) news(report Report) {
	if next := p.moved.Load(); next != nil { // it was on its way when he moved
		next.report(report)
		return
	}
	if p.leg == nil { // the leg reported before Dial had returned it
		p.early = append(p.early, report)
		return
	}
	switch r := report.(type) {
	case Ringing:
		p.call.log.Debug("leg rings", "participant", p.id)
		if p.joining != nil && p.joining.ringing != nil {
			p.joining.ringing()
		}
	case EarlySound:
		p.call.soundsEarly(p)
	case Answered:
		p.answered()
	case ToneHeard:
		p.call.heard(p, r.Tone)
	case TransferWanted:
		p.wanted(r)
	case encounter:
		p.encountered(r)
	case SoundChanged:
		p.widen()
	case HoldChanged:
		p.call.log.Info("far end changed hold", "participant", p.id, "held", r.Held)
	case Ended:
		p.legEnded = true
		p.stopPatience()
		why := p.whyEnded(r.Reason)
		p.call.detailLeg(p, r.Wire, why)
		p.call.legEnded(p, why)
	}
}

// started gives the participant its leg and reads the news that came before.
func (p *participant) started(leg Leg) {
	p.leg = leg
	if p.ending != nil {
		leg.End(*p.ending)
	}
	early := p.early
	p.early = nil
	for _, report := range early {
		p.news(report)
	}
}

// end ends the participant's leg, now or as soon as it is known.
func (p *participant) end(why Reason) {
	if p.isApplication() || p.legEnded || p.ending != nil {
		return
	}
	p.ending = &why
	if p.leg != nil {
		p.leg.End(why)
	}
}

// whyEnded is our own reason where we ended the leg, with what the wire said.
func (p *participant) whyEnded(reported Reason) Reason {
	if p.ending == nil {
		return reported
	}
	why := *p.ending
	why.SIP, why.Q850 = reported.SIP, reported.Q850
	return why
}

func (p *participant) stopPatience() {
	if p.patience != nil {
		p.patience.Stop()
	}
}

// answered joins a leg that is up to the sound of the call.
func (p *participant) answered() {
	p.stopPatience()
	if p.call.ended || p.ending != nil { // it crossed our hang-up: nobody will hear it
		if p.seat == nil {
			closePort(p.leg.Port())
		}
		return
	}
	if p.seat == nil { // it was not heard before
		p.sit()
	}
	p.call.legConnected(p)
}

// sit joins the sound of a leg to the mix.
func (p *participant) sit() {
	p.seat = &seat{Port: p.leg.Port()}
	p.widen()
	p.member = p.call.sound().Join(p.seat)
	p.ear.to(p.member)
}

// widen makes the call wideband if the participant's sound is.
func (p *participant) widen() {
	if p.seat == nil {
		return
	}
	if wide, ok := p.seat.Port.(wideband); ok && wide.SampleRate() >= WideRate {
		p.call.sound().Rise()
	}
}

// find returns the connected participant with an id.
func (c *Call) find(id identifier.ID) *participant {
	for _, p := range c.participants {
		if p.id == id && p.connected {
			return p
		}
	}
	return nil
}

// present lists the connected participants.
func (c *Call) present() []Participant {
	var list []Participant
	for _, p := range c.participants {
		if p.connected {
			list = append(list, Participant{ID: p.id, Muted: p.muted, OnHold: p.held})
		}
	}
	return list
}
