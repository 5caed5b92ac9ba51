package webrtc_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// wants asks for something, and says whether it was granted or why not.
func (w *world) wants(c *webrtctest.Client, m protocol.Message) string {
	w.Helper()
	answer, err := c.Do(w.ctx, m)
	w.must(err)
	if refused, is := answer.(*protocol.Refusal); is {
		return fmt.Sprintf("%d/%d", refused.Code, refused.SubCode)
	}
	return "granted"
}

// dialsOut says whether phone numbers may be called from the room, and waits until a page
// has heard of it.
func (w *world) dialsOut(c *webrtctest.Client) {
	w.Helper()
	w.rooms.mu.Lock()
	w.rooms.dials = true
	w.rooms.mu.Unlock()
	w.rooms.set(eve, call.Attendee)
}

// TestRolesBindWhoDoesNotObey: clients that ask for whatever they like, without any library,
// get what their role permits, and nothing has happened where it does not.
func TestRolesBindWhoDoesNotObey(t *testing.T) {
	const granted, forbidden = "granted", "403/0"
	for _, test := range []struct {
		role                         call.Role
		speaks, shows, shares, rules string
	}{
		{call.Attendee, granted, granted, forbidden, forbidden},
		{call.Collaborator, granted, granted, granted, forbidden},
		{call.Consumer, forbidden, forbidden, forbidden, forbidden},
	} {
		t.Run(string(test.role), func(t *testing.T) {
			w := newWorld(t)
			a, pa := w.inRoom(ann, test.role)
			_, pb := w.inRoom(bob, call.Attendee)
			w.dialsOut(a)
			on := true
			for _, request := range []struct {
				what string
				m    protocol.Message
				want string
			}{
				{"its microphone", &protocol.MediaState{Call: pa.Call, Microphone: &on}, test.speaks},
				{"its hand", &protocol.HandRaise{Call: pa.Call}, test.speaks},
				{"its keys", &protocol.CallTone{Call: pa.Call, Tone: "5"}, test.speaks},
				{"its camera", &protocol.MediaState{Call: pa.Call, Camera: &on}, test.shows},
				{"its screen", &protocol.MediaState{Call: pa.Call, Screen: &on}, test.shares},
				{"muting another", &protocol.ParticipantMute{Call: pa.Call, Who: bob.Raw()}, test.rules},
				{"muting all", &protocol.ParticipantMuteAll{Call: pa.Call}, test.rules},
				{"removing another", &protocol.ParticipantRemove{Call: pa.Call, Who: bob.Raw()}, test.rules},
				{"inviting a user", &protocol.ParticipantAdd{Call: pa.Call, Who: eve.Raw()}, test.rules},
				{"calling a phone", &protocol.ParticipantAdd{Call: pa.Call, Who: "4:" + aPhone, AlternateCallerID: ourPhone}, test.rules},
				{"the spotlight for another", &protocol.SpotlightSet{Call: pa.Call, Add: []string{bob.Raw()}}, test.rules},
				{"another in its place", &protocol.CallTransfer{Call: pa.Call, To: "4:" + aPhone}, granted}, // and fails: see below
				{"the end for everybody", &protocol.CallHangup{Call: pa.Call, ForEveryone: &on}, "405/0"},
			} {
				if got := w.wants(a, request.m); got != request.want {
					t.Errorf("%s: %s, want %s", request.what, got, request.want)
				}
			}
			failed, err := webrtctest.Wait(w.ctx, a, func(m *protocol.CallTransferChanged) bool { return m.State == protocol.TransferStateFailed })
			w.must(err)
			if failed.Code != 403 {
				t.Errorf("bringing another in its place: %+v", failed)
			}
			pb.Say(440)
			w.must(pa.WaitTone(w.ctx, 440)) // it is there, and not muted
			select {
			case dialled := <-w.numbers.Dialled:
				t.Errorf("%s was called", dialled.Invitation.To)
			default:
			}
			pa.Say(620)
			if test.speaks == granted {
				w.must(pb.WaitTone(w.ctx, 620))
				return
			}
			pb.Heard.Forget()
			w.must(pb.WaitSilence(w.ctx))
		})
	}
}

// TestPresentersCallPhonesOfTheirOwnNumber: where the room permits it, and with a number of
// ours as what the phone sees.
func TestPresentersCallPhonesOfTheirOwnNumber(t *testing.T) {
	w := newWorld(t)
	a, pa := w.inRoom(ann, call.Presenter)
	add := func(callerID string) protocol.Message {
		return &protocol.ParticipantAdd{Call: pa.Call, Who: "4:" + aPhone, AlternateCallerID: callerID}
	}
	if got := w.wants(a, add(ourPhone)); got != "403/0" {
		t.Errorf("a room that does not permit it: %s", got)
	}
	w.dialsOut(a)
	_, err := webrtctest.Wait(w.ctx, a, func(m *protocol.Capabilities) bool { return m.Capabilities["pstnDialOut"].IsPresent })
	w.must(err)
	if got := w.wants(a, add("")); got != "400/0" {
		t.Errorf("without a caller id: %s", got)
	}
	if got := w.wants(a, add("+15550199998")); got != "403/0" {
		t.Errorf("with a number that is not ours: %s", got)
	}
	if got := w.wants(a, add(ourPhone)); got != "granted" {
		t.Errorf("with ours: %s", got)
	}
	leg := <-w.numbers.Dialled
	if leg.Invitation.IssuedBy != issuer {
		t.Errorf("the call is by a token of %q", leg.Invitation.IssuedBy)
	}
	leg.PickUp()
	w.shown(a, phoneID(aPhone), protocol.PersonStateConnected)
}

// TestWhoWasRemovedIsNotHeard: a client that goes on sending and asking after it was
// removed, by a Presenter or by the room's list, has no call.
func TestWhoWasRemovedIsNotHeard(t *testing.T) {
	for name, remove := range map[string]func(w *world, presenter *webrtctest.Client, call string){
		"by a presenter": func(w *world, presenter *webrtctest.Client, call string) {
			w.ok(presenter, &protocol.ParticipantRemove{Call: call, Who: bob.Raw()})
		},
		"by the list": func(w *world, _ *webrtctest.Client, _ string) { w.rooms.set(bob, call.NoRole) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			a, pa := w.inRoom(ann, call.Presenter)
			b, pb := w.inRoom(bob, call.Presenter)
			pb.Say(440)
			w.must(pa.WaitTone(w.ctx, 440))
			remove(w, a, pa.Call)
			w.gone(a, bob)
			pa.Heard.Forget()
			pa.Say(620)
			for _, m := range []protocol.Message{
				&protocol.ParticipantMute{Call: pb.Call, Who: ann.Raw()}, &protocol.ParticipantRemove{Call: pb.Call, Who: ann.Raw()},
				&protocol.MediaOffer{Call: pb.Call, N: 9, SDP: "v=0"},
			} {
				if got := w.wants(b, m); got != "404/0" {
					t.Errorf("%s afterwards: %s", m.Type(), got)
				}
			}
			w.must(pa.WaitSilence(w.ctx))
			before := pb.Received()
			pa.Heard.Forget()
			w.must(pa.WaitSilence(w.ctx))
			if more := pb.Received() - before; more > 0 {
				t.Errorf("who was removed is sent %d packets more", more)
			}
		})
	}
}

// TestTokensThatJoinOnly: with the scope voip.join somebody joins what goes on, and begins
// the call of a room, where the role decides the rest.
func TestTokensThatJoinOnly(t *testing.T) {
	w := newWorld(t)
	w.rooms.set(bob, call.Presenter)
	w.dialsOut(nil)
	joiner, err := webrtctest.Dial(w.ctx, w.url(), protocol.Hello{Token: bob.Raw() + " joins"})
	w.must(err)
	t.Cleanup(joiner.Cut)
	group := newGroup()
	if got := w.wants(joiner, &protocol.CallJoin{Call: uuid.NewString(), Group: group}); got != "403/0" {
		t.Errorf("a group that nobody is in: %s", got)
	}
	a, _ := w.inGroup(ann, group)
	peer, err := joiner.Join(w.ctx, protocol.CallJoin{Group: group})
	w.must(err)
	t.Cleanup(peer.Close)
	w.shown(a, bob, protocol.PersonStateConnected)
	add := &protocol.ParticipantAdd{Call: peer.Call, Who: "4:" + aPhone, AlternateCallerID: ourPhone}
	if got := w.wants(joiner, add); got != "403/0" {
		t.Errorf("calling a phone into a group: %s", got)
	}
	for _, to := range []string{eve.Raw(), "4:" + ourPhone} {
		if got := w.wants(joiner, &protocol.CallTransfer{Call: peer.Call, To: to}); got != "403/0" {
			t.Errorf("bringing %s into a group in its place: %s", to, got)
		}
	}
	adds := func(present bool, reason string) {
		t.Helper()
		_, err := webrtctest.Wait(w.ctx, joiner, func(m *protocol.Capabilities) bool {
			users := m.Capabilities["addCommunicationUser"]
			return users.IsPresent == present && users.Reason == reason && m.Capabilities["pstnDialOut"] == users
		})
		w.must(err)
	}
	adds(false, "UserPolicyRestricted")
	joiner.Forget()
	room, err := joiner.Join(w.ctx, protocol.CallJoin{Room: roomID})
	w.must(err)
	t.Cleanup(room.Close)
	w.state(joiner, protocol.CallStateConnected)
	adds(true, "Capable")
	add.Call = room.Call
	if got := w.wants(joiner, add); got != "granted" {
		t.Errorf("calling a phone into a room as its Presenter: %s", got)
	}
	(<-w.numbers.Dialled).Refuse(call.Busy, 486, "Busy Here")
}

// TestMediaWaitsForAcceptance: who rings cannot listen in.
func TestMediaWaitsForAcceptance(t *testing.T) {
	w := newWorld(t)
	a, b := w.page(ann), w.page(bob)
	w.ok(a, &protocol.CallStart{Call: uuid.NewString(), To: []string{bob.Raw()}})
	incoming, err := webrtctest.Wait(w.ctx, b, func(*protocol.Incoming) bool { return true })
	w.must(err)
	if got := w.wants(b, &protocol.MediaOffer{Call: incoming.Incoming.Call, N: 1, SDP: "v=0"}); got != "410/3111" {
		t.Errorf("an offer before the call was accepted: %s", got)
	}
	if slices.ContainsFunc(b.Events(), func(m protocol.Message) bool { _, roster := m.(*protocol.Roster); return roster }) {
		t.Error("who rings is shown who is in the call")
	}
}
