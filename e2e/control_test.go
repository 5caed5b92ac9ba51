package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// controlStage is a product with a phone that calls, one behind a trunk, and an
// application that has answered the first.
func controlStage(t *testing.T) (a *agent, c connection, near *siptest.Call, far *siptest.Phone) {
	t.Helper()
	far, port := newFarPhone(t)
	p := start(t, setup{trunk: port})
	a = startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	near = dial(t, newPhone(p))
	c = a.answer(a.incomingCall(caller))
	must(t, near.WaitAnswered(within(t, 5*time.Second)))
	c.got("ParticipantsUpdated")
	return a, c, near, far
}

// add invites the far phone and lets it answer.
func (c connection) add(far *siptest.Phone) *siptest.Call {
	c.t.Helper()
	c.do("add", toFar("add"), nil)
	call, err := far.Next(within(c.t, 5*time.Second))
	must(c.t, err)
	must(c.t, call.Ring())
	must(c.t, call.Answer())
	if joined := c.gotFor("add", "AddParticipantSucceeded"); joined.Participant.RawID != "4:"+farNumber {
		c.t.Errorf("AddParticipantSucceeded is about %q", joined.Participant.RawID)
	}
	return call
}

// roster waits until a ParticipantsUpdated names so many, and returns it.
func (c connection) roster(size int) data {
	c.t.Helper()
	return c.wait("a roster of that size", func(e event) bool {
		return c.own(e) && e.kind() == "ParticipantsUpdated" && len(e.data().Participants) == size
	}).data()
}

// TestPhonesInAGroupHearEachOther: a second phone is added, both hear each other,
// it is removed, and the call goes on.
func TestPhonesInAGroupHearEachOther(t *testing.T) {
	t.Parallel()
	_, c, near, farPhone := controlStage(t)
	distant := c.add(farPhone)
	c.roster(3)
	near.Tone(440, 5000)
	distant.Tone(880, 5000)
	hears(t, distant, 440, 600*time.Millisecond)
	hears(t, near, 880, 600*time.Millisecond)

	c.do("remove", values{"target": far, "operationContext": "remove"}, nil)
	if gone := c.gotFor("remove", "RemoveParticipantSucceeded"); gone.Participant.RawID != far {
		t.Errorf("RemoveParticipantSucceeded is about %q", gone.Participant.RawID)
	}
	must(t, distant.WaitEnded(within(t, 5*time.Second)))
	c.do("hangUp", values{"forEveryone": true}, nil)
	c.ended()
	must(t, near.WaitEnded(within(t, 5*time.Second)))
}

// TestDeclinedAddLeavesTheCallWhole: honest failure, no ghost in the roster.
func TestDeclinedAddLeavesTheCallWhole(t *testing.T) {
	t.Parallel()
	_, c, near, farPhone := controlStage(t)
	c.do("add", toFar("add"), nil)
	call, err := farPhone.Next(within(t, 5*time.Second))
	must(t, err)
	must(t, call.Busy())
	if failed := c.gotFor("add", "AddParticipantFailed"); failed.Participant.RawID != far || failed.ResultInformation.SubCode != 560486 {
		t.Errorf("AddParticipantFailed is %+v, %v", failed.Participant, failed.ResultInformation)
	}
	var listed []any
	c.do("listParticipants", nil, &listed)
	if len(listed) != 2 {
		t.Errorf("%d are listed", len(listed))
	}

	var invitation struct{ InvitationID string }
	c.do("add", toFar("again"), &invitation)
	ringing, err := farPhone.Next(within(t, 5*time.Second))
	must(t, err)
	must(t, ringing.Ring())
	c.do("cancelAdd", values{"invitation": invitation.InvitationID, "operationContext": "cancel"}, nil)
	if canceled := c.gotFor("cancel", "CancelAddParticipantSucceeded"); canceled.InvitationID != invitation.InvitationID {
		t.Errorf("canceled %q", canceled.InvitationID)
	}
	must(t, ringing.WaitEnded(within(t, 5*time.Second)))
	must(t, near.Hangup(within(t, 5*time.Second)))
	c.ended()
}

// TestHeldAndMutedPhones: hold plays its music to the phone alone; a muted phone
// is not heard; keys are told one by one.
func TestHeldAndMutedPhones(t *testing.T) {
	t.Parallel()
	a, c, near, farPhone := controlStage(t)
	distant := c.add(farPhone)
	c.do("hold", values{"target": caller, "music": a.saveTone("music.wav", promptLength)}, nil)
	hears(t, near, promptPitch, 2*time.Second)
	near.Tone(440, 500)
	held := c.wait("a held participant", func(e event) bool { return c.own(e) && e.kind() == "ParticipantsUpdated" && someHeld(e.data()) })
	if len(held.data().Participants) != 3 {
		t.Errorf("the roster is %+v", held.data().Participants)
	}
	c.do("unhold", values{"target": caller}, nil)

	c.do("startTones", values{"target": caller, "operationContext": "keys"}, nil)
	must(t, near.SendTones(within(t, 10*time.Second), "5#"))
	c.wait("the second key", func(e event) bool {
		return c.own(e) && e.kind() == "ContinuousDtmfRecognitionToneReceived" && e.data().Tone == "pound" && e.data().SequenceID == 2
	})
	c.do("stopTones", values{"target": caller, "operationContext": "enough"}, nil)
	if stopped := c.gotFor("enough", "ContinuousDtmfRecognitionStopped").ResultInformation; stopped.Code != 200 || stopped.SubCode != 7000 { // as recorded
		t.Errorf("ContinuousDtmfRecognitionStopped says %v", stopped)
	}
	c.do("stopTones", values{"target": caller}, nil) // as Azure's own tests do

	c.do("mute", values{"target": caller}, nil)
	c.wait("a muted participant", func(e event) bool {
		return c.own(e) && e.kind() == "ParticipantsUpdated" && someMuted(e.data())
	})
	if heard := siptest.Seconds(distant.Heard(), 440); heard > 0.2 {
		t.Errorf("the other phone heard %.1f s of the held one", heard)
	}
	must(t, near.Hangup(within(t, 5*time.Second)))
	must(t, distant.Hangup(within(t, 5*time.Second)))
	c.ended()
}

func someHeld(d data) bool {
	for _, p := range d.Participants {
		if p.IsOnHold {
			return true
		}
	}
	return false
}

func someMuted(d data) bool {
	for _, p := range d.Participants {
		if p.IsMuted {
			return true
		}
	}
	return false
}

// TestTransferredPhonesTalk: the application leaves two phones alone with each
// other; a transfer that fails leaves its call.
func TestTransferredPhonesTalk(t *testing.T) {
	t.Parallel()
	_, c, near, farPhone := controlStage(t)
	c.do("transfer", values{"target": far, "operationContext": "first"}, nil)
	call, err := farPhone.Next(within(t, 5*time.Second))
	must(t, err)
	if from := call.Invite.Get("From"); !strings.Contains(from, strings.TrimPrefix(caller, "4:")) {
		t.Errorf("the target sees %s, not the transferee", from)
	}
	must(t, call.Busy())
	if failed := c.gotFor("first", "CallTransferFailed").ResultInformation; failed.SubCode != 560486 {
		t.Errorf("CallTransferFailed says %v", failed)
	}

	c.do("transfer", values{"target": far, "callerNumber": ourNumber, "operationContext": "second"}, nil)
	call, err = farPhone.Next(within(t, 5*time.Second))
	must(t, err)
	if from := call.Invite.Get("From"); !strings.Contains(from, ourNumber) {
		t.Errorf("the target sees %s, not sourceCallerIdNumber", from)
	}
	must(t, call.Answer())
	if accepted := c.gotFor("second", "CallTransferAccepted"); accepted.TransferTarget.RawID != far || accepted.Transferee.RawID != caller {
		t.Errorf("CallTransferAccepted is %+v", accepted)
	}
	c.ended()
	c.gone()
	near.Tone(440, 5000)
	hears(t, call, 440, 600*time.Millisecond)
	must(t, near.Hangup(within(t, 5*time.Second)))
	must(t, call.WaitEnded(within(t, 5*time.Second)))
}

// TestRedirectedCallReachesTheOtherPhone: the application sends an incoming call
// on and hears no more of it.
func TestRedirectedCallReachesTheOtherPhone(t *testing.T) {
	t.Parallel()
	farPhone, port := newFarPhone(t)
	p := start(t, setup{trunk: port})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	near := dial(t, newPhone(p))
	incoming := a.incomingCall(caller)
	a.do("redirect", values{"context": incoming.Data.IncomingCallContext, "target": far, "callerNumber": ourNumber}, nil)
	call, err := farPhone.Next(within(t, 5*time.Second))
	must(t, err)
	must(t, call.Answer())
	must(t, near.WaitAnswered(within(t, 5*time.Second)))
	call.Tone(880, 5000)
	hears(t, near, 880, 600*time.Millisecond)
	must(t, call.Hangup(within(t, 5*time.Second)))
	must(t, near.WaitEnded(within(t, 5*time.Second)))
}

// TestGroupAndConnect: a group call to a phone and an identity, and a second
// application that connects to it.
func TestGroupAndConnect(t *testing.T) {
	t.Parallel()
	farPhone, port := newFarPhone(t)
	p := start(t, setup{trunk: port})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	var user struct{ CommunicationUserID string }
	a.do("createUser", nil, &user)
	var got connected
	a.do("createGroup", values{"targets": []string{far, user.CommunicationUserID}, "callerNumber": ourNumber, "callback": a.url + "/callbacks"}, &got)
	c := a.connection(got.CallConnectionID)
	call, err := farPhone.Next(within(t, 5*time.Second))
	must(t, err)
	must(t, call.Answer())
	up := c.got("CallConnected")
	callee := a.answer(a.wait("IncomingCall of the group", func(e event) bool { return e.Event == "grid" && e.data().To.RawID == user.CommunicationUserID }).Raw[0])
	callee.got("CallConnected")
	c.roster(3)

	var third connected
	a.do("connect", values{"serverCallId": up.ServerCallID, "callback": a.url + "/callbacks"}, &third)
	watcher := a.connection(third.CallConnectionID)
	watcher.got("CallConnected")
	watcher.roster(3)
	watcher.do("playToAll", values{"urls": []string{a.saveTone("group.wav", promptLength)}}, nil)
	hears(t, call, promptPitch, time.Second)
	watcher.do("hangUp", values{"forEveryone": true}, nil)
	for _, other := range []connection{c, callee, watcher} {
		other.ended()
	}
	must(t, call.WaitEnded(within(t, 5*time.Second)))
}
