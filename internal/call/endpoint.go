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

func (e *endpoint) stopRinging() {
	if e.ringing != nil {
		e.ringing.Stop()
	}
}
