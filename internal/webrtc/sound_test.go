package webrtc_test

import (
	"testing"

	"github.com/switchhook/switchhook/internal/call"
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
