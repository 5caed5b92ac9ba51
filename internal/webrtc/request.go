package webrtc

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// wish asks the call for something, and answers with what came of it.
func (l *leg) wish(w call.Wish, answer func(protocol.Message)) {
	tell := func(err error) {
		if err != nil {
			answer(failed(err))
			return
		}
		answer(&protocol.OK{})
	}
	if !l.tell.ask(call.Wanted{Wish: w, Tell: tell}) {
		answer(refusal(protocol.ReasonNoSuchCall, 404, 0, "the call is over"))
	}
}

// about is a wish about somebody.
func (l *leg) about(raw string, answer func(protocol.Message), wish func(identifier.ID) call.Wish) {
	who, err := identifier.Parse(raw)
	if err != nil {
		answer(refusal(protocol.ReasonMalformed, 400, 0, err.Error()))
		return
	}
	l.wish(wish(who), answer)
}

// hangUp leaves the call, or ends it for everybody.
func (l *leg) hangUp(m *protocol.CallHangup, answer func(protocol.Message)) {
	if m.ForEveryone != nil && *m.ForEveryone {
		l.wish(call.EndWish{}, answer)
		return
	}
	l.mu.Lock()
	was := l.phase
	l.mu.Unlock()
	switch was {
	case ringing:
		l.reject(answer)
		return
	case waiting:
		l.leave(call.Reason{Kind: call.Canceled, Text: "the client gave the call up"})
	default:
		l.leave(call.Reason{Kind: call.EndedByPeer, Text: "the client hung up"})
	}
	answer(&protocol.OK{})
}

// leave ends the leg as its own client wants: for it, that is 0/0.
func (l *leg) leave(why call.Reason) {
	l.mu.Lock()
	l.parting = leaves
	l.mu.Unlock()
	l.finish(why)
}

// hold takes the client out of the mix, or back.
func (l *leg) hold(on bool, answer func(protocol.Message)) {
	l.wish(call.HoldWish{On: on}, func(a protocol.Message) {
		if _, ok := a.(*protocol.OK); ok {
			l.showHeld(on)
			l.pictures.SetHeld(on)
		}
		answer(a)
	})
}

func (l *leg) showHeld(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = on
	l.showConnected()
}

// press presses a key.
func (l *leg) press(tone string, answer func(protocol.Message)) {
	if len(tone) != 1 || !call.Tone(tone[0]).Valid() {
		answer(refusal(protocol.ReasonMalformed, 400, 0, "tone is one of "+call.Tones))
		return
	}
	l.wish(call.KeyWish{Tone: call.Tone(tone[0])}, answer)
}

// mediaState is what the client sends.
func (l *leg) mediaState(m *protocol.MediaState, answer func(protocol.Message)) {
	sound := func(a protocol.Message) {
		if _, ok := a.(*protocol.OK); ok && m.Microphone != nil {
			l.microphone(*m.Microphone, answer)
			return
		}
		answer(a)
	}
	if m.Camera == nil && m.Screen == nil && m.ScreenSound == nil {
		sound(&protocol.OK{})
		return
	}
	l.showPictures(m, sound)
}

// microphone mutes the client, or lifts that.
func (l *leg) microphone(on bool, answer func(protocol.Message)) {
	if !on {
		l.setQuiet(true) // at once
	}
	l.wish(call.MicrophoneWish{On: on}, func(a protocol.Message) {
		if _, ok := a.(*protocol.OK); ok && on {
			l.setQuiet(false)
		}
		answer(a)
	})
}

// inRoom reports whether roles decide what the client may do, whatever its token's scope is
// (Identity, "voip.join").
func (l *leg) inRoom() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seat != nil && l.seat.Kind == call.Room
}

// mayInvite reports whether the scope of the client's token permits to bring others into
// the call, beside itself or in its place.
func (l *leg) mayInvite() bool { return l.client.session.MayBegin() || l.inRoom() }

// onlyJoins is why a client of the scope voip.join is refused.
const onlyJoins = "the token's scope permits joining alone"

// add invites somebody.
func (l *leg) add(m *protocol.ParticipantAdd, answer func(protocol.Message)) {
	if !l.mayInvite() {
		answer(refusal(protocol.ReasonForbidden, 403, 0, onlyJoins))
		return
	}
	callerID, err := number(m.AlternateCallerID)
	var sip, voip map[string]string
	if err == nil {
		sip, voip, err = l.client.headers(m.CustomContext)
	}
	if err != nil {
		answer(failed(err))
		return
	}
	l.about(m.Who, answer, func(who identifier.ID) call.Wish {
		return call.AddWish{Who: who, CallerID: callerID, IssuedBy: l.client.session.IssuedBy(), SIPHeaders: sip, VoIPHeaders: voip, Follow: func(r call.Referral) { l.invited(who, r) }}
	})
}

// invited tells how far somebody has come.
func (l *leg) invited(who identifier.ID, r call.Referral) {
	m := &protocol.Invitation{Call: l.id, Who: who.Raw(), State: protocol.InvitationStateRinging}
	switch r.Outcome {
	case call.ReferralAnswered:
		m.State = protocol.InvitationStateConnected
	case call.ReferralFailed, call.ReferralDeclined:
		m.State = protocol.InvitationStateFailed
		m.Code, m.SubCode = endCodes(r.Reason, false)
	}
	l.send(m)
}
