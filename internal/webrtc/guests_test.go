package webrtc_test

import (
	"slices"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// shown waits until a page is shown somebody in a state.
func (w *world) shown(c *webrtctest.Client, who identifier.ID, state protocol.PersonState) {
	w.Helper()
	coming := state == protocol.PersonStateConnecting || state == protocol.PersonStateRinging
	_, err := webrtctest.Wait(w.ctx, c, func(m *protocol.Roster) bool {
		return slices.ContainsFunc(m.Set, func(p protocol.Person) bool {
			return p.ID == who.Raw() && p.State == state && (len(p.Endpoints) == 0) == coming
		})
	})
	if err != nil {
		w.Fatalf("%s is never shown as %s: %v", who, state, err)
	}
}

// gone waits until a page is told that somebody is no longer there.
func (w *world) gone(c *webrtctest.Client, who identifier.ID) {
	w.Helper()
	_, err := webrtctest.Wait(w.ctx, c, func(m *protocol.Roster) bool { return slices.Contains(m.Removed, who.Raw()) })
	w.must(err)
}

// TestWhoRingsIsSeen: everybody in a call sees who is being invited into it, whoever asks
// for that, and applications see nobody who has not come.
func TestWhoRingsIsSeen(t *testing.T) {
	w := newWorld(t)
	group := newGroup()
	a, pa := w.inGroup(ann, group)
	b, _ := w.inGroup(bob, group)
	e := w.page(eve)
	phone := phoneID(aPhone)
	w.shown(a, bob, protocol.PersonStateConnected)

	w.ok(a, &protocol.ParticipantAdd{Call: pa.Call, Who: eve.Raw()})
	w.shown(b, eve, protocol.PersonStateRinging)
	pe, err := e.Accept(w.ctx)
	w.must(err)
	t.Cleanup(pe.Close)
	w.shown(b, eve, protocol.PersonStateConnected)

	made, err := w.calls.Connect(w.ctx, call.Locator{GroupCallID: group}, call.Control{CallbackURI: "http://app.test", Version: "2026-03-12"})
	w.must(err)
	conn, err := w.calls.Connection(made.ID)
	w.must(err)
	_, err = conn.Add(w.ctx, call.Add{Who: phone, CallerID: phoneID(ourPhone)})
	w.must(err)
	w.shown(b, phone, protocol.PersonStateConnecting)
	dialled := <-w.numbers.Dialled
	dialled.Alert()
	w.shown(b, phone, protocol.PersonStateRinging)
	dialled.Refuse(call.Busy, 486, "Busy Here")
	w.gone(b, phone)
	w.until("the application hears that the phone is busy", func() bool {
		return slices.ContainsFunc(w.published.All(), func(e call.Event) bool { _, failed := e.(call.AddParticipantFailed); return failed })
	})
	for _, event := range w.published.All() {
		if list, is := event.(call.ParticipantsUpdated); is && len(list.Participants) > 3 {
			t.Errorf("the application was shown %v", list.Participants)
		}
	}
}

// TestWhoOfAGroupStillRingsIsSeen: the first who accepts sees the others who are called.
func TestWhoOfAGroupStillRingsIsSeen(t *testing.T) {
	w := newWorld(t)
	a, b, e := w.page(ann), w.page(bob), w.page(eve)
	pa, err := a.Start(w.ctx, protocol.CallStart{To: []string{bob.Raw(), eve.Raw()}})
	w.must(err)
	t.Cleanup(pa.Close)
	incoming, err := webrtctest.Wait(w.ctx, e, func(*protocol.Incoming) bool { return true })
	w.must(err)
	pb, err := b.Accept(w.ctx)
	w.must(err)
	t.Cleanup(pb.Close)
	w.shown(a, eve, protocol.PersonStateRinging)
	w.shown(b, eve, protocol.PersonStateRinging)
	w.ok(e, &protocol.CallReject{Call: incoming.Incoming.Call})
	w.gone(a, eve)
	w.gone(b, eve)
	w.shown(a, bob, protocol.PersonStateConnected)
}

// TestInvitationIsCalledOff: who was invited and rings is removed before the answer.
func TestInvitationIsCalledOff(t *testing.T) {
	w := newWorld(t)
	group := newGroup()
	a, pa := w.inGroup(ann, group)
	b, pb := w.inGroup(bob, group)
	e := w.page(eve)
	w.shown(a, bob, protocol.PersonStateConnected)
	w.ok(a, &protocol.ParticipantAdd{Call: pa.Call, Who: eve.Raw()})
	w.shown(b, eve, protocol.PersonStateRinging)
	w.ok(b, &protocol.ParticipantRemove{Call: pb.Call, Who: eve.Raw()})
	end, err := webrtctest.Wait(w.ctx, e, func(*protocol.IncomingEnded) bool { return true })
	w.must(err)
	if end.Code != 487 || end.SubCode != 0 {
		t.Errorf("who was invited hears %+v", end)
	}
	told, err := webrtctest.Wait(w.ctx, a, func(m *protocol.Invitation) bool { return m.State == protocol.InvitationStateFailed })
	w.must(err)
	if told.Who != eve.Raw() || told.Code != 487 {
		t.Errorf("who invited hears %+v", told)
	}
	w.gone(b, eve)
	answer, err := b.Do(w.ctx, &protocol.ParticipantRemove{Call: pb.Call, Who: eve.Raw()})
	w.must(err)
	if refused, is := answer.(*protocol.Refusal); !is || refused.Code != 404 {
		t.Errorf("removing nobody: %+v", answer)
	}
}

// TestMuteBeforeTheAnswerCounts: a page mutes while the other rings, and is muted for all
// when the call is up; each sees the name by which the other's page calls itself.
func TestMuteBeforeTheAnswerCounts(t *testing.T) {
	for _, begins := range []bool{true, false} { // muted from the start, or muted while it rings
		w := newWorld(t)
		a, b := w.page(ann), w.page(bob)
		pa, err := a.Start(w.ctx, protocol.CallStart{To: []string{bob.Raw()}, Muted: &begins})
		w.must(err)
		t.Cleanup(pa.Close)
		_, err = webrtctest.Wait(w.ctx, b, func(*protocol.Incoming) bool { return true })
		w.must(err)
		if no := false; !begins {
			w.ok(a, &protocol.MediaState{Call: pa.Call, Microphone: &no})
		}
		pb, err := b.Accept(w.ctx)
		w.must(err)
		t.Cleanup(pb.Close)
		for page, other := range map[*webrtctest.Client]identifier.ID{a: bob, b: ann} {
			_, err = webrtctest.Wait(w.ctx, page, func(m *protocol.Roster) bool {
				return slices.ContainsFunc(m.Set, func(p protocol.Person) bool {
					return p.ID == other.Raw() && p.State == protocol.PersonStateConnected && p.Muted == (other == ann) && p.DisplayName != ""
				})
			})
			if err != nil {
				t.Errorf("muted from the start %v: %s is not shown as it is: %v", begins, other, err)
			}
		}
	}
}
