package webrtc_test

import (
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// TestRolesTakenInACallBindAtOnce: a Presenter who speaks gets another role in the running
// call, sends on and asks on. What the role does not permit is refused from the moment at which
// the client is told, and is heard no more; nothing is negotiated anew.
func TestRolesTakenInACallBindAtOnce(t *testing.T) {
	const granted, forbidden = "granted", "403/0"
	for _, test := range []struct {
		role          call.Role
		speaks, rules string
	}{
		{call.Consumer, forbidden, forbidden},
		{call.Attendee, granted, forbidden},
		{call.Collaborator, granted, forbidden},
		{call.Presenter, granted, granted},
	} {
		t.Run(string(test.role), func(t *testing.T) {
			w := newWorld(t)
			a, pa := w.inRoom(ann, call.Presenter)
			b, pb := w.inRoom(bob, call.Attendee)
			pa.Say(440)
			w.must(pb.WaitTone(w.ctx, 440))
			w.rooms.set(eve, call.Attendee) // whom she may invite
			other := call.Consumer          // so that each is a change
			if test.role == other {
				other = call.Presenter
			}
			w.rooms.set(ann, other)
			w.rooms.set(ann, test.role)
			_, err := webrtctest.Wait(w.ctx, a, func(m *protocol.RoleChanged) bool { return string(m.Role) == string(test.role) })
			w.must(err)
			_, err = webrtctest.Wait(w.ctx, b, func(m *protocol.Roster) bool {
				return len(m.Set) == 1 && m.Set[0].ID == ann.Raw() && string(m.Set[0].Role) == string(test.role)
			})
			w.must(err)
			on := true
			for _, request := range []struct {
				what string
				m    protocol.Message
				want string
			}{
				{"its microphone", &protocol.MediaState{Call: pa.Call, Microphone: &on}, test.speaks},
				{"muting another", &protocol.ParticipantMute{Call: pa.Call, Who: bob.Raw()}, test.rules},
				{"calling a user", &protocol.ParticipantAdd{Call: pa.Call, Who: eve.Raw()}, test.rules},
			} {
				if got := w.wants(a, request.m); got != request.want {
					t.Errorf("%s: %s, want %s", request.what, got, request.want)
				}
			}
			pb.Heard.Forget()
			if test.speaks == forbidden {
				w.must(pb.WaitSilence(w.ctx))
				pb.Heard.Forget()
				w.must(pb.WaitSilence(w.ctx)) // and stays silent
				return
			}
			w.must(pb.WaitTone(w.ctx, 440))
		})
	}
}
