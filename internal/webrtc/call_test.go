package webrtc_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// state waits for a state of a call.
func (w *world) state(c *webrtctest.Client, state protocol.CallState) {
	w.Helper()
	_, err := webrtctest.Wait(w.ctx, c, func(m *protocol.CallStateChanged) bool { return m.State == state })
	w.must(err)
}

// ended waits for the end of a call, and compares its codes.
func (w *world) ended(c *webrtctest.Client, code, subCode int) {
	w.Helper()
	end, err := webrtctest.Wait(w.ctx, c, func(*protocol.CallEnded) bool { return true })
	w.must(err)
	if end.Code != code || end.SubCode != subCode {
		w.Errorf("the call ended with %d/%d %q, want %d/%d", end.Code, end.SubCode, end.Message, code, subCode)
	}
}

// ok makes a request that has to be granted.
func (w *world) ok(c *webrtctest.Client, m protocol.Message) {
	w.Helper()
	answer, err := c.Do(w.ctx, m)
	w.must(err)
	if _, is := answer.(*protocol.OK); !is {
		w.Fatalf("%s was answered with %+v", m.Type(), answer)
	}
}

func TestCallsThatAreNotMade(t *testing.T) {
	w := newWorld(t)
	a := w.page(ann)
	joiner, err := webrtctest.Dial(w.ctx, w.url(), protocol.Hello{Token: ann.Raw() + " joins"})
	w.must(err)
	t.Cleanup(joiner.Cut)
	id := uuid.NewString()
	for _, test := range []struct {
		name          string
		client        *webrtctest.Client
		request       protocol.Message
		code, subCode int
	}{
		{"nobody is there", a, &protocol.CallStart{Call: id, To: []string{eve.Raw()}}, 480, 10037},
		{"to itself", a, &protocol.CallStart{Call: id, To: []string{ann.Raw()}}, 403, 0},
		{"nobody at all", a, &protocol.CallStart{Call: id}, 400, 0},
		{"a number without a caller id", a, &protocol.CallStart{Call: id, To: []string{"4:" + aPhone}}, 400, 0},
		{"a number that is not ours as caller id", a, &protocol.CallStart{Call: id, To: []string{"4:" + aPhone}, AlternateCallerID: aPhone}, 403, 0},
		{"by a token that only joins", joiner, &protocol.CallStart{Call: id, To: []string{bob.Raw()}}, 403, 0},
		{"no GUID", a, &protocol.CallJoin{Call: "1", Group: newGroup()}, 400, 0},
		{"no group", a, &protocol.CallJoin{Call: id, Group: "friends"}, 400, 0},
		{"a room and a group", a, &protocol.CallJoin{Call: id, Group: newGroup(), Room: roomID}, 400, 0},
		{"no such room", a, &protocol.CallJoin{Call: id, Room: "1"}, 404, 5732},
		{"not on the list", a, &protocol.CallJoin{Call: id, Room: roomID}, 403, 5828},
		{"no such call", a, &protocol.CallHold{Call: id}, 404, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer, err := test.client.Do(w.ctx, test.request)
			w.must(err)
			refused, is := answer.(*protocol.Refusal)
			if !is || refused.Code != test.code || refused.SubCode != test.subCode {
				t.Errorf("answered with %+v, want %d/%d", answer, test.code, test.subCode)
			}
		})
	}
	if n := w.calls.Active(); n != 0 {
		t.Errorf("%d calls were begun", n)
	}
}

// TestPageCallsAPhone asks for the caller id, keys towards the phone, and that the phone
// and the page hear each other.
func TestPageCallsAPhone(t *testing.T) {
	w := newWorld(t)
	a := w.page(ann)
	id := uuid.NewString()
	w.ok(a, &protocol.CallStart{Call: id, To: []string{"4:" + aPhone}, AlternateCallerID: ourPhone})
	phone := <-w.numbers.Dialled
	if phone.Invitation.From.Number() != ourPhone {
		t.Errorf("the phone sees %s", phone.Invitation.From)
	}
	pa, err := a.Connect(w.ctx, id)
	w.must(err)
	t.Cleanup(pa.Close)
	phone.Alert()
	w.state(a, protocol.CallStateRinging)
	phone.Sound()
	w.state(a, protocol.CallStateEarlyMedia)
	phone.PickUp()
	w.state(a, protocol.CallStateConnected)
	pa.Say(440)
	w.until("the phone hears the page", func() bool { return phone.Heard() > 20 })
	w.ok(a, &protocol.CallTone{Call: id, Tone: "5"})
	w.until("the phone is pressed 5", func() bool { return phone.Sent() == "5" })
	phone.HangUp()
	w.ended(a, 0, 560000)
}

// TestCallsAreByWhoMadeTheToken, as guards see them: what a page calls, and what it hands over to.
func TestCallsAreByWhoMadeTheToken(t *testing.T) {
	w := newWorld(t)
	a := w.page(ann)
	id := uuid.NewString()
	w.ok(a, &protocol.CallStart{Call: id, To: []string{"4:" + aPhone}, AlternateCallerID: ourPhone})
	phone := <-w.numbers.Dialled
	if phone.Invitation.IssuedBy != issuer {
		t.Errorf("the call is by a token of %q", phone.Invitation.IssuedBy)
	}
	pa, err := a.Connect(w.ctx, id)
	w.must(err)
	t.Cleanup(pa.Close)
	phone.PickUp()
	w.state(a, protocol.CallStateConnected)
	w.ok(a, &protocol.CallTransfer{Call: id, To: "4:+15551230002"})
	if target := <-w.numbers.Dialled; target.Invitation.IssuedBy != issuer {
		t.Errorf("the transfer is by a token of %q", target.Invitation.IssuedBy)
	}
}

// TestPageTalksToAnApplication asks that an application answers a page that calls our
// number, and hears its keys.
func TestPageTalksToAnApplication(t *testing.T) {
	w := newWorld(t)
	w.announcer.Listeners = 1
	a := w.page(ann)
	id := uuid.NewString()
	w.ok(a, &protocol.CallStart{Call: id, To: []string{"4:" + ourPhone}, AlternateCallerID: ourPhone})
	in := <-w.announcer.Calls
	made, err := w.calls.Answer(w.ctx, in.Context, identifier.ID{}, call.Control{CallbackURI: "http://app.test", Version: "2026-03-12"})
	w.must(err)
	pa, err := a.Connect(w.ctx, id)
	w.must(err)
	t.Cleanup(pa.Close)
	w.state(a, protocol.CallStateConnected)
	info, err := webrtctest.Wait(w.ctx, a, func(*protocol.CallInfo) bool { return true })
	w.must(err)
	if info.ServerCallID != made.ServerCallID || info.ParticipantID == "" || info.Kind != protocol.CallKindTwoParty {
		t.Errorf("the page knows %+v", info)
	}
	conn, err := w.calls.Connection(made.ID)
	w.must(err)
	w.must(conn.Mute(w.ctx, []identifier.ID{ann}))
	_, err = webrtctest.Wait(w.ctx, a, func(m *protocol.Muted) bool { return m.Muted })
	w.must(err)
	w.must(conn.Terminate(w.ctx))
	w.ended(a, 0, 7000)
}

func TestEchoBotAnswers(t *testing.T) {
	w := newWorld(t)
	a := w.page(ann)
	pa, err := a.Start(w.ctx, protocol.CallStart{To: []string{"8:echo123"}})
	w.must(err)
	t.Cleanup(pa.Close)
	w.state(a, protocol.CallStateConnected)
	pa.Say(440)
	w.must(pa.WaitTone(w.ctx, 440))
}

// TestOthersAreMutedAndRemoved: the victim hears of it, and may lift the mute.
func TestOthersAreMutedAndRemoved(t *testing.T) {
	w := newWorld(t)
	a, pa := w.inRoom(ann, call.Presenter)
	b, pb := w.inRoom(bob, call.Attendee)
	pb.Say(440)
	w.must(pa.WaitTone(w.ctx, 440))
	w.ok(a, &protocol.ParticipantMute{Call: pa.Call, Who: bob.Raw()})
	_, err := webrtctest.Wait(w.ctx, b, func(m *protocol.Muted) bool { return m.Muted })
	w.must(err)
	pa.Heard.Forget()
	w.must(pa.WaitSilence(w.ctx))
	_, err = webrtctest.Wait(w.ctx, a, func(m *protocol.Roster) bool { return len(m.Set) == 1 && m.Set[0].Muted })
	w.must(err)
	yes := true
	w.ok(b, &protocol.MediaState{Call: pb.Call, Microphone: &yes})
	pa.Heard.Forget()
	w.must(pa.WaitTone(w.ctx, 440))
	w.ok(b, &protocol.CallHold{Call: pb.Call})
	w.state(b, protocol.CallStateLocalHold)
	_, err = webrtctest.Wait(w.ctx, a, func(m *protocol.Roster) bool { return len(m.Set) == 1 && m.Set[0].State == protocol.PersonStateHold })
	w.must(err)
	pa.Heard.Forget()
	w.must(pa.WaitSilence(w.ctx))
	w.ok(b, &protocol.CallResume{Call: pb.Call})
	pa.Heard.Forget()
	w.must(pa.WaitTone(w.ctx, 440))
	w.ok(a, &protocol.ParticipantRemove{Call: pa.Call, Who: bob.Raw()})
	w.ended(b, 0, 5000)
}

// TestGroupIsStarted asks that several targets ring, that the first connects the caller,
// and that who refuses does not end the call.
func TestGroupIsStarted(t *testing.T) {
	w := newWorld(t)
	a, b, e := w.page(ann), w.page(bob), w.page(eve)
	pa, err := a.Start(w.ctx, protocol.CallStart{To: []string{bob.Raw(), eve.Raw()}})
	w.must(err)
	t.Cleanup(pa.Close)
	incoming, err := webrtctest.Wait(w.ctx, e, func(*protocol.Incoming) bool { return true })
	w.must(err)
	w.ok(e, &protocol.CallReject{Call: incoming.Incoming.Call})
	pb, err := b.Accept(w.ctx)
	w.must(err)
	t.Cleanup(pb.Close)
	w.state(a, protocol.CallStateConnected)
	pb.Say(440)
	w.must(pa.WaitTone(w.ctx, 440))
	yes := true
	w.ok(b, &protocol.CallHangup{Call: pb.Call, ForEveryone: &yes})
	w.ended(a, 0, 4097)
}

// TestCalledPagesAreWideband: an application calls two pages, whose media comes up after
// they have accepted; the one hears of the other what a narrowband call does not carry.
func TestCalledPagesAreWideband(t *testing.T) {
	w := newWorld(t)
	a, b := w.page(ann), w.page(bob)
	_, err := w.calls.Create(w.ctx, call.Create{Targets: []identifier.ID{ann, bob}, Control: call.Control{CallbackURI: "http://app.test", Version: "2026-03-12"}})
	w.must(err)
	pa, err := a.Accept(w.ctx)
	w.must(err)
	t.Cleanup(pa.Close)
	pb, err := b.Accept(w.ctx)
	w.must(err)
	t.Cleanup(pb.Close)
	w.state(a, protocol.CallStateConnected)
	w.state(b, protocol.CallStateConnected)
	pa.Say(5000)
	w.must(pb.WaitTone(w.ctx, 5000))
	w.ok(a, &protocol.CallHangup{Call: pa.Call})
	w.ok(b, &protocol.CallHangup{Call: pb.Call})
}
