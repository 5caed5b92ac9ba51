package call

import (
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// endpoint is one way in which somebody is in a call, or on the way in: a leg, or
// an application's port. From present on it belongs to a participant.
type endpoint struct {
	id      identifier.ID
	call    *Call
	place   place
	inbound bool // it called us
	stage   stage
	who     *participant // nil before it is present

	name      string // what it wants to be called; "" for none
	seat      string // a GUID, by which those in the call know it; "" until one of them is told (seatID)
	role      Role   // in a room
	device    string // what its leg calls itself, from when it is present
	selfMuted bool   // it does not want to be heard
	// screenSound: its sound has that of its screen, while it shares one.
	screenSound bool
	selfHeld    bool    // it holds the call
	shows       [2]bool // its streams of pictures that are on, by kind
	streams     [2]int  // their ids; 0: it never had one
	voice       utterance
	line        identifier.ID // the number of ours that it called or was called from; zero: none
	identities  []string      // its Identity headers, of one who called us
	peer        *Call         // with inOtherCall: where it is

	leg      Leg         // nil for an application, and while being dialled
	early    []Report    // news that arrived before leg was known
	ending   *Reason     // why we end the leg, now or as soon as it is known; nil: we do not
	ringing  *time.Timer // until a dialled leg is given up; nil: it is not
	join     *join       // what happens when it comes up, or does not; nil once that is known
	began    time.Time   // when it was asked to come, or called
	answered time.Time   // when its leg was answered; zero before

	app     *application // the port of an application
	port    *legPort     // the sound of a leg in the mix; nil while it is not heard
	member  Member       // its place in the mix
	muted   bool         // what member was told last
	held    bool
	private privateAudio // what only it hears
	keys    keyRelay     // keys that are passed on to it

	pressing *keyPace // of its own keys; nil: it has pressed none

	movedTo atomic.Pointer[endpoint] // what it is in the call that it has moved to
}

// listed reports whether the endpoint makes somebody a participant.
func (e *endpoint) listed() bool {
	return (e.stage == present || e.stage == handingOver) && e.place != inControl
}

// isUser reports whether the endpoint is a device of a user, here or in another
// call: not an application, nor one that called a number of ours, which comes in
// as a leg.
func (e *endpoint) isUser() bool {
	return e.id.Kind() == identifier.CommunicationUser && (e.place == onWire || e.place == inOtherCall)
}

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

// end ends the endpoint's leg, now or as soon as it is known.
func (e *endpoint) end(why Reason) {
	if e.place.isApplication() || e.stage == gone || e.ending != nil {
		return
	}
	ending := why
	e.ending = &ending
	if e.stage != leaving {
		e.enter(leaving)
	}
	if e.leg != nil {
		e.leg.End(why)
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

func (e *endpoint) stopRinging() {
	if e.ringing != nil {
		e.ringing.Stop()
	}
}
