package webrtc_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// TestFirstPageToAcceptWins asks that a call rings in all pages of a user, that the
// first to accept has it, and that the others hear why they stop.
func TestFirstPageToAcceptWins(t *testing.T) {
	w := newWorld(t)
	a, first, second := w.page(ann), w.page(bob), w.page(bob)
	pa, err := a.Start(w.ctx, protocol.CallStart{To: []string{bob.Raw()}})
	w.must(err)
	t.Cleanup(pa.Close)
	w.state(a, protocol.CallStateRinging)
	late, err := webrtctest.Wait(w.ctx, second, func(*protocol.Incoming) bool { return true })
	w.must(err)
	if late.Incoming.From != ann.Raw() || late.Incoming.DisplayName == "" {
		t.Errorf("who calls: %+v", late.Incoming)
	}
	pb, err := first.Accept(w.ctx)
	w.must(err)
	t.Cleanup(pb.Close)
	w.state(a, protocol.CallStateConnected)
	w.state(first, protocol.CallStateConnected)
	lost, err := webrtctest.Wait(w.ctx, second, func(*protocol.IncomingEnded) bool { return true })
	w.must(err)
	if lost.Code != 487 || lost.SubCode != 10003 {
		t.Errorf("the other page hears %+v", lost)
	}
	pb.Say(440)
	w.must(pa.WaitTone(w.ctx, 440))
	w.ok(first, &protocol.CallHangup{Call: pb.Call})
	w.ended(first, 0, 0)
	w.ended(a, 0, 0)
}

func TestCallsThatNobodyTakes(t *testing.T) {
	for _, test := range []struct {
		name          string
		do            func(w *world, caller, callee *webrtctest.Client, call string)
		code, subCode int // of the caller
	}{
		{"rejected", func(w *world, _, callee *webrtctest.Client, _ string) {
			incoming, err := webrtctest.Wait(w.ctx, callee, func(*protocol.Incoming) bool { return true })
			w.must(err)
			w.ok(callee, &protocol.CallReject{Call: incoming.Incoming.Call})
		}, 603, 0},
		{"given up", func(w *world, caller, callee *webrtctest.Client, call string) {
			w.ok(caller, &protocol.CallHangup{Call: call})
			end, err := webrtctest.Wait(w.ctx, callee, func(*protocol.IncomingEnded) bool { return true })
			w.must(err)
			if end.Code != 487 || end.SubCode != 0 {
				w.Errorf("the callee hears %+v", end)
			}
		}, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			a, b := w.page(ann), w.page(bob)
			id := uuid.NewString()
			w.ok(a, &protocol.CallStart{Call: id, To: []string{bob.Raw()}})
			test.do(w, a, b, id)
			w.ended(a, test.code, test.subCode)
		})
	}
}

// TestInvitationsAreFollowed: a page adds a phone where the room permits it, and hears
// of one that is busy.
func TestInvitationsAreFollowed(t *testing.T) {
	w := newWorld(t)
	a, pa := w.inRoom(ann, call.Presenter)
	add := &protocol.ParticipantAdd{Call: pa.Call, Who: "4:" + aPhone, AlternateCallerID: ourPhone}
	answer, err := a.Do(w.ctx, add)
	w.must(err)
	if refused, is := answer.(*protocol.Refusal); !is || refused.Reason != protocol.ReasonForbidden {
		t.Fatalf("a room without pstnDialOutEnabled: %+v", answer)
	}
	w.rooms.mu.Lock()
	w.rooms.dials = true
	w.rooms.mu.Unlock()
	w.rooms.set(ann, call.Presenter)
	_, err = webrtctest.Wait(w.ctx, a, func(m *protocol.Capabilities) bool { return m.Capabilities["addPhoneNumber"].IsPresent })
	w.must(err)
	w.ok(a, add)
	(<-w.numbers.Dialled).Refuse(call.Busy, 486, "Busy Here")
	failed, err := webrtctest.Wait(w.ctx, a, func(m *protocol.Invitation) bool { return m.State == protocol.InvitationStateFailed })
	w.must(err)
	if failed.Code != 486 || failed.SubCode != 560486 {
		t.Errorf("busy is told as %+v", failed)
	}
	w.ok(a, add)
	phone := <-w.numbers.Dialled
	phone.PickUp()
	_, err = webrtctest.Wait(w.ctx, a, func(m *protocol.Invitation) bool { return m.State == protocol.InvitationStateConnected })
	w.must(err)
	_, err = webrtctest.Wait(w.ctx, a, func(m *protocol.Roster) bool { return len(m.Set) == 1 && m.Set[0].ID == "4:"+aPhone })
	w.must(err)
}

// TestContextReachesWhoIsCalled: the headers that are valid, and what phones are told.
func TestContextReachesWhoIsCalled(t *testing.T) {
	w := newWorld(t)
	a, b := w.page(ann), w.page(bob)
	handed := &protocol.CustomContext{
		UserToUser: "00C8", SipHeaders: []protocol.Header{{Key: "X-MS-Custom-Account", Value: "7"}, {Key: "Evil", Value: "1"}, {Key: "X-MS-Custom-Split", Value: "a\r\nb"}},
		VoipHeaders: []protocol.Header{{Key: "mood", Value: "good"}, {Key: "long", Value: strings.Repeat("x", 1025)}, {Key: "x-ms-custom-note", Value: strings.Repeat("y", 1024)}},
	}
	id := uuid.NewString()
	w.ok(a, &protocol.CallStart{Call: id, To: []string{bob.Raw()}, CustomContext: handed})
	incoming, err := webrtctest.Wait(w.ctx, b, func(*protocol.Incoming) bool { return true })
	w.must(err)
	got := incoming.Incoming.CustomContext
	if got == nil || got.UserToUser != "00C8" || len(got.SipHeaders) != 1 || got.SipHeaders[0].Value != "7" || len(got.VoipHeaders) != 2 || got.VoipHeaders[0].Value != "good" {
		t.Errorf("the callee has %+v", got)
	}
	w.ok(a, &protocol.CallHangup{Call: id})

	id = uuid.NewString()
	w.ok(a, &protocol.CallStart{Call: id, To: []string{"4:" + aPhone}, AlternateCallerID: ourPhone, CustomContext: handed})
	phone := <-w.numbers.Dialled
	if headers := phone.Invitation.SIPHeaders; headers["User-To-User"] != "00C8" || headers["X-MS-Custom-Account"] != "7" || len(headers) != 2 {
		t.Errorf("the phone has %v", headers)
	}
	w.ok(a, &protocol.CallHangup{Call: id})
}

// TestUserHasTwoDevicesInACall: others see one participant with two endpoints, each
// device sees the other one, and nothing is left of one that leaves.
func TestUserHasTwoDevicesInACall(t *testing.T) {
	w := newWorld(t)
	group := newGroup()
	b, _ := w.inGroup(bob, group)
	first, _ := w.inGroup(ann, group)
	second, ps := w.inGroup(ann, group)
	devices := func(c *webrtctest.Client, want int) {
		t.Helper()
		_, err := webrtctest.Wait(w.ctx, c, func(m *protocol.Roster) bool {
			for _, p := range m.Set {
				if p.ID == ann.Raw() && len(p.Endpoints) == want {
					return true
				}
			}
			return false
		})
		w.must(err)
	}
	devices(b, 2)
	devices(first, 1)
	b.Forget()
	w.ok(second, &protocol.CallHangup{Call: ps.Call})
	devices(b, 1)
	_, err := webrtctest.Wait(w.ctx, first, func(m *protocol.Roster) bool { return len(m.Removed) == 1 && m.Removed[0] == ann.Raw() })
	w.must(err)
}
