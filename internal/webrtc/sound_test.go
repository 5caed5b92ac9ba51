package webrtc_test

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

func TestTwoPagesHearEachOther(t *testing.T) {
	w := newWorld(t)
	group := newGroup()
	a, pa := w.inGroup(ann, group)
	_, pb := w.inGroup(bob, group)
	pa.Say(440)
	w.must(pb.WaitTone(w.ctx, 440))
	pa.Say(0)
	pb.Say(620)
	w.must(pa.WaitTone(w.ctx, 620))
	speakers, err := webrtctest.Wait(w.ctx, a, func(m *protocol.Speakers) bool { return len(m.Speaking) == 1 && m.Speaking[0] == bob.Raw() })
	w.must(err)
	if len(speakers.Dominant) == 0 {
		t.Errorf("who speaks is not dominant: %+v", speakers)
	}
	roster, err := webrtctest.Wait(w.ctx, a, func(m *protocol.Roster) bool { return len(m.Set) == 1 && m.Set[0].ID == bob.Raw() })
	w.must(err)
	if len(roster.Set[0].Endpoints) != 1 || roster.Set[0].DisplayName == "" || roster.Set[0].State != protocol.PersonStateConnected {
		t.Errorf("the roster has %+v", roster.Set[0])
	}
}

// TestConsumersAreSilent asks that no packet of a Consumer is heard, though the client
// sends, and that it is heard with another role, and silent again.
func TestConsumersAreSilent(t *testing.T) {
	w := newWorld(t)
	a, pa := w.inRoom(ann, call.Consumer)
	_, pb := w.inRoom(bob, call.Presenter)
	pa.Say(440)
	pb.Say(620)
	w.must(pa.WaitTone(w.ctx, 620))
	w.must(pb.WaitSilence(w.ctx))
	yes := true
	call1 := pa.Call
	answer, err := a.Do(w.ctx, &protocol.MediaState{Call: call1, Microphone: &yes})
	w.must(err)
	if refused, is := answer.(*protocol.Refusal); !is || refused.Reason != protocol.ReasonForbidden {
		t.Errorf("a Consumer unmutes: %+v", answer)
	}
	for _, request := range []protocol.Message{
		&protocol.ParticipantMute{Call: call1, Who: bob.Raw()}, &protocol.ParticipantMuteAll{Call: call1},
		&protocol.ParticipantRemove{Call: call1, Who: bob.Raw()}, &protocol.ParticipantAdd{Call: call1, Who: eve.Raw()},
	} {
		answer, err := a.Do(w.ctx, request)
		w.must(err)
		if refused, is := answer.(*protocol.Refusal); !is || refused.Reason != protocol.ReasonForbidden {
			t.Errorf("%s by a Consumer: %+v", request.Type(), answer)
		}
	}
	pb.Heard.Forget()
	w.must(pb.WaitSilence(w.ctx))
	w.rooms.set(ann, call.Attendee)
	_, err = webrtctest.Wait(w.ctx, a, func(m *protocol.RoleChanged) bool { return m.Role == protocol.RoleAttendee })
	w.must(err)
	w.must(pb.WaitTone(w.ctx, 440))
	w.rooms.set(ann, call.Consumer)
	pb.Heard.Forget()
	w.must(pb.WaitSilence(w.ctx))
}

func TestWhoIsTakenOffTheListLeaves(t *testing.T) {
	w := newWorld(t)
	a, _ := w.inRoom(ann, call.Attendee)
	b, _ := w.inRoom(bob, call.Presenter)
	w.rooms.set(ann, call.NoRole)
	end, err := webrtctest.Wait(w.ctx, a, func(*protocol.CallEnded) bool { return true })
	w.must(err)
	if end.Code != 0 || end.SubCode != 5317 {
		t.Errorf("ended with %d/%d", end.Code, end.SubCode)
	}
	_, err = webrtctest.Wait(w.ctx, b, func(m *protocol.Roster) bool { return len(m.Removed) == 1 && m.Removed[0] == ann.Raw() })
	w.must(err)
}

// TestListenersHearASharedEncoder: in a group of four in Opus, who listens for long hears
// what is encoded for all who listen; who begins to speak, and stops, hears on.
func TestListenersHearASharedEncoder(t *testing.T) {
	if err := codec.OpusMissing(); err != nil {
		t.Skip(err)
	}
	w := newWorld(t)
	group := newGroup()
	peers := make([]*webrtctest.Peer, 4)
	for i, user := range []identifier.ID{ann, bob, eve, identifier.User(resource, "0000000f-1b2c-3d4e-5f60-718293a4b5c6")} {
		page := w.page(user)
		page.Codec = codec.Opus
		var err error
		peers[i], err = page.Join(w.ctx, protocol.CallJoin{Group: group})
		w.must(err)
		t.Cleanup(peers[i].Close)
		w.state(page, protocol.CallStateConnected)
	}
	peers[0].Say(440)
	hear := func(frequency float64, listeners ...*webrtctest.Peer) {
		t.Helper()
		for _, p := range listeners { // more than a second of it, after which they are together
			w.must(p.Heard.WaitTone(w.ctx, frequency, 1500*time.Millisecond))
		}
		for _, p := range listeners {
			p.Heard.Forget()
		}
		for _, p := range listeners {
			w.must(p.Heard.WaitTone(w.ctx, frequency, 600*time.Millisecond))
		}
	}
	hear(440, peers[1:]...)
	peers[1].Say(620)
	w.must(peers[0].WaitTone(w.ctx, 620))
	peers[1].Heard.Forget()
	w.must(peers[1].WaitTone(w.ctx, 440)) // by an encoder of its own
	peers[1].Say(0)
	for _, p := range peers[1:] {
		p.Heard.Forget()
	}
	hear(440, peers[1:]...)
}
