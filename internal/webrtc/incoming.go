package webrtc

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// ring lets the client know of a call.
func (c *client) ring(in call.Invitation, report func(call.Report)) (call.Leg, error) {
	l := c.newLeg(identifier.NewGUID(), ringing)
	l.incoming = &protocol.IncomingCall{
		Call: l.id, From: in.From.Raw(), DisplayName: in.DisplayName, CustomContext: contextOf(in.SIPHeaders, in.VoIPHeaders),
	}
	if _, err := c.enter(l); err != nil {
		l.discard()
		return nil, err
	}
	l.tell.to(report)
	c.session.Send(&protocol.Incoming{Incoming: *l.incoming})
	l.tell.say(call.Ringing{})
	return l, nil
}

// accept takes the call. Whether this client is the first to do so is decided in a
// turn of the call: FollowSeat tells, or End.
func (l *leg) accept(m *protocol.CallAccept, answer func(protocol.Message)) {
	if !l.takeRinging(answer) {
		answer(refusal(protocol.ReasonState, 400, 41006, "the call does not ring any more"))
		return
	}
	l.startSetup()
	if m.Muted != nil && *m.Muted {
		l.muteFirst()
	}
}

// takeRinging brings a leg up that rings; false where it does not.
func (l *leg) takeRinging(answer func(protocol.Message)) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase != ringing {
		return false
	}
	l.phase, l.sound, l.pending = up, soundTaken, answer
	l.show(protocol.CallStateConnecting)
	l.tell.say(call.Answered{})
	return true
}

// muteFirst mutes a client that begins muted.
func (l *leg) muteFirst() {
	l.setQuiet(true)
	l.wish(call.MicrophoneWish{On: false}, func(protocol.Message) {})
}

// reject refuses the call for this client.
func (l *leg) reject(answer func(protocol.Message)) {
	l.mu.Lock()
	rings := l.phase == ringing
	l.mu.Unlock()
	if !rings {
		answer(refusal(protocol.ReasonState, 400, 41007, "the call does not ring any more"))
		return
	}
	l.finish(call.Reason{Kind: call.Declined, Text: "the client rejected the call"})
	answer(&protocol.OK{})
}

// ringing is the call that rings; nil where it does not.
func (l *leg) ringing() *protocol.IncomingCall {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase != ringing {
		return nil
	}
	return l.incoming
}
