package call

import (
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Wanted says that the far end of a leg wants something done in its call.
type Wanted struct {
	Wish Wish
	// Tell hears once whether it was done: nil, or why not, and nothing has changed. It
	// is called in a turn of the call, or at once where the call is over, and must not
	// block.
	Tell func(error)
}

func (Wanted) report() {}

// Wish is something that a participant may want. The set is closed.
type Wish interface {
	grant(*endpoint) error
}

// grants does what an endpoint wants, if it may have it.
func (e *endpoint) grants(want Wanted) {
	if w, is := want.Wish.(MicrophoneWish); is && e.stage == arriving && !e.call.ended {
		want.Tell(w.before(e))
		return
	}
	if e.call.ended || !e.listed() {
		want.Tell(NotConnected.because("The participant is not in the call."))
		return
	}
	err := want.Wish.grant(e)
	if add, is := want.Wish.(AddWish); is && err != nil {
		e.refused(add.Who, err)
	}
	want.Tell(err)
}

// MicrophoneWish mutes or unmutes the endpoint that asks. Unmuting lifts a mute by
// others as well.
type MicrophoneWish struct{ On bool }

func (w MicrophoneWish) grant(e *endpoint) error {
	if err := w.before(e); err != nil {
		return err
	}
	if w.On && e.who.muted {
		e.who.setMuted(false)
	}
	e.applyRights()
	e.call.tellRoster()
	return nil
}

// before notes the wish of an endpoint, which counts from when that is in the call: a page
// may mute while it rings.
func (w MicrophoneWish) before(e *endpoint) error {
	if w.On && !e.role.MaySpeak() {
		return fault.Forbidden("a %s may not speak", e.role)
	}
	e.selfMuted = !w.On
	return nil
}

// HoldWish takes the endpoint that asks out of the mix, or back.
type HoldWish struct{ On bool }

func (w HoldWish) grant(e *endpoint) error {
	if e.selfHeld != w.On {
		e.selfHeld = w.On
		e.applyRights()
		e.call.tellRoster()
	}
	return nil
}

// MuteWish mutes somebody else, or with the zero ID everybody else.
type MuteWish struct{ Who identifier.ID }

func (w MuteWish) grant(e *endpoint) error {
	c := e.call
	switch {
	case !e.mayManage():
		return fault.Forbidden("a %s may not mute others", e.role)
	case c.kind == twoParty:
		return fault.Unsupported("in a call of two nobody mutes the other")
	}
	victims := c.listed()
	if !w.Who.IsZero() {
		p, err := c.named(w.Who)
		if err != nil {
			return err
		}
		victims = []*participant{p}
	}
	changed := false
	for _, p := range victims {
		if p != e.who && !p.muted {
			p.setMuted(true)
			changed = true
		}
	}
	if changed {
		c.tellRoster()
	}
	return nil
}

// RemoveWish takes somebody else out of the call, or calls off who is on the way in.
type RemoveWish struct{ Who identifier.ID }

func (w RemoveWish) grant(e *endpoint) error {
	if !e.mayManage() {
		return fault.Forbidden("a %s may not remove others", e.role)
	}
	p, err := e.call.named(w.Who)
	switch {
	case err != nil && e.call.callOff(w.Who):
		return nil
	case err != nil:
		return err
	case p == e.who:
		return Itself.because("A participant leaves by hanging up.")
	}
	e.call.removeFor(p, Reason{Kind: Removed, ByParticipant: true, Text: "another participant removed this one"})
	return nil
}

// EndWish ends the call for everybody.
type EndWish struct{}

func (EndWish) grant(e *endpoint) error {
	if e.call.kind == room {
		return fault.Unsupported("a participant cannot end a room's call for everybody")
	}
	e.call.record.endedBy = e.id
	e.call.finish(Reason{Kind: EndedByPeer, ByParticipant: true, Text: "a participant ended the call for everybody"}, nil)
	return nil
}

// KeyWish presses a key: the phones in the call hear it, and its applications.
type KeyWish struct{ Tone Tone }

func (w KeyWish) grant(e *endpoint) error {
	if !w.Tone.Valid() {
		return fault.Invalid("%q is no key", w.Tone)
	}
	if !e.role.MaySpeak() {
		return fault.Forbidden("a %s may not press keys that others hear", e.role)
	}
	c := e.call
	if c.echo == nil {
		for _, other := range c.endpoints {
			if other != e && other.leg != nil && other.member != nil && !other.isUser() {
				c.passOn(other, w.Tone)
			}
		}
	}
	for _, conn := range c.connections {
		conn.toneHeard(e.who, w.Tone)
	}
	return nil
}
