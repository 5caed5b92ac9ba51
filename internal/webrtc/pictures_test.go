package webrtc_test

import (
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

var yes, no = true, false

// seeing lets a user into the room, with pictures.
func (w *world) seeing(user identifier.ID, role call.Role) (*webrtctest.Client, *webrtctest.Peer) {
	w.Helper()
	w.rooms.set(user, role)
	c := w.page(user)
	c.Slots = 3
	p, err := c.Join(w.ctx, protocol.CallJoin{Room: roomID})
	w.must(err)
	w.Cleanup(p.Close)
	_, err = webrtctest.Wait(w.ctx, c, func(m *protocol.CallStateChanged) bool { return m.State == protocol.CallStateConnected })
	w.must(err)
	return c, p
}

// do asks for something that has to be granted.
func (w *world) do(c *webrtctest.Client, m protocol.Message) {
	w.Helper()
	answer, err := c.Do(w.ctx, m)
	w.must(err)
	if _, ok := answer.(*protocol.OK); !ok {
		w.Fatalf("%s was answered with %+v", m.Type(), answer)
	}
}

// stream waits until a client is told of a stream of somebody.
func (w *world) stream(c *webrtctest.Client, of identifier.ID, kind protocol.StreamKind) (id int) {
	w.Helper()
	_, err := webrtctest.Wait(w.ctx, c, func(m *protocol.Roster) bool {
		for _, person := range m.Set {
			for _, s := range person.Streams {
				if person.ID == of.Raw() && s.Kind == kind {
					id = s.ID
				}
			}
		}
		return id != 0
	})
	w.must(err)
	return id
}

func (w *world) want(c *webrtctest.Client, p *webrtctest.Peer, stream, width, height int) {
	w.Helper()
	w.do(c, &protocol.MediaWant{Call: p.Call, Streams: []protocol.View{{ID: stream, Width: width, Height: height}}})
}

// TestPagesSeeEachOther asks that a camera is shown in the size that is wanted, that the
// slots say where, and that the camera is told what anybody wants.
func TestPagesSeeEachOther(t *testing.T) {
	w := newWorld(t)
	a, pa := w.seeing(ann, call.Attendee)
	b, pb := w.seeing(bob, call.Presenter)
	pa.Film(true)
	w.do(a, &protocol.MediaState{Call: pa.Call, Camera: &yes})
	camera := w.stream(b, ann, protocol.StreamKindCamera)
	w.want(b, pb, camera, 320, 180)
	slots, err := webrtctest.Wait(w.ctx, b, func(m *protocol.Slots) bool {
		return len(m.Slots) == 3 && m.Slots[0].Stream == camera && m.Slots[0].Paused == ""
	})
	w.must(err)
	mid := slots.Slots[0].Mid
	w.must(pb.WaitPictures(w.ctx, mid, 320))
	_, err = webrtctest.Wait(w.ctx, a, func(m *protocol.Layers) bool { return len(m.Camera) == 2 && m.Camera[1] == "h" })
	w.must(err)
	w.want(b, pb, camera, 160, 90)
	w.must(pb.WaitPictures(w.ctx, mid, 160))
	w.until("no number is missing", func() bool { return pb.Saw(mid).Gaps == 0 }) // a busy machine loses some, which are sent again
	w.do(a, &protocol.MediaState{Call: pa.Call, Camera: &no})
	_, err = webrtctest.Wait(w.ctx, b, func(m *protocol.Slots) bool { return len(m.Slots) == 3 && m.Slots[0].Stream == camera })
	w.must(err)
	w.until("the stream is off", func() bool {
		for _, e := range b.Events() {
			if m, is := e.(*protocol.Roster); is && len(m.Set) == 1 && m.Set[0].ID == ann.Raw() && len(m.Set[0].Streams) == 0 && m.Version > 0 {
				return true
			}
		}
		return false
	})
}

// TestScreensAreSharedOneAtATime asks that a new share ends the one before.
func TestScreensAreSharedOneAtATime(t *testing.T) {
	w := newWorld(t)
	a, pa := w.seeing(ann, call.Presenter)
	b, pb := w.seeing(bob, call.Collaborator)
	e, pe := w.seeing(eve, call.Consumer)
	pa.Share(true)
	pb.Share(true)
	w.do(a, &protocol.MediaState{Call: pa.Call, Screen: &yes})
	w.want(e, pe, w.stream(e, ann, protocol.StreamKindScreen), 1280, 720)
	slots, err := webrtctest.Wait(w.ctx, e, func(m *protocol.Slots) bool { return len(m.Slots) == 3 && m.Slots[2].Stream != 0 })
	w.must(err)
	w.must(pe.WaitPictures(w.ctx, slots.Slots[2].Mid, 1280))
	w.do(b, &protocol.MediaState{Call: pb.Call, Screen: &yes})
	_, err = webrtctest.Wait(w.ctx, a, func(m *protocol.Stopped) bool { return m.Kind == protocol.StreamKindScreen })
	w.must(err)
	w.want(e, pe, w.stream(e, bob, protocol.StreamKindScreen), 1280, 720)
	w.must(pe.WaitPictures(w.ctx, slots.Slots[2].Mid, 1280))
}

// TestRolesGovernPictures asks that raw clients show nothing that their role forbids, and
// that a share ends when the role is taken.
func TestRolesGovernPictures(t *testing.T) {
	w := newWorld(t)
	a, pa := w.seeing(ann, call.Consumer)
	b, pb := w.seeing(bob, call.Presenter)
	pa.Film(true)
	pa.Share(true)
	for _, role := range []struct {
		role           call.Role
		camera, screen bool
	}{{call.Consumer, false, false}, {call.Attendee, true, false}, {call.Collaborator, true, true}, {call.Presenter, true, true}} {
		w.rooms.set(ann, role.role)
		_, err := webrtctest.Wait(w.ctx, a, func(m *protocol.RoleChanged) bool { return string(m.Role) == string(role.role) })
		w.must(err)
		for name, ask := range map[string]struct {
			state protocol.MediaState
			may   bool
		}{"camera": {protocol.MediaState{Camera: &yes}, role.camera}, "screen": {protocol.MediaState{Screen: &yes}, role.screen}} {
			ask.state.Call = pa.Call
			answer, err := a.Do(w.ctx, &ask.state)
			w.must(err)
			refused, is := answer.(*protocol.Refusal)
			if _, granted := answer.(*protocol.OK); granted != ask.may || !granted && (!is || refused.Reason != protocol.ReasonForbidden) {
				t.Errorf("%s of a %s: %+v", name, role.role, answer)
			}
		}
	}
	screen := w.stream(b, ann, protocol.StreamKindScreen)
	w.want(b, pb, screen, 1280, 720)
	slots, err := webrtctest.Wait(w.ctx, b, func(m *protocol.Slots) bool { return len(m.Slots) == 3 && m.Slots[2].Stream == screen })
	w.must(err)
	mid := slots.Slots[2].Mid
	w.must(pb.WaitPictures(w.ctx, mid, 1280))
	w.rooms.set(ann, call.Attendee)
	_, err = webrtctest.Wait(w.ctx, a, func(m *protocol.Stopped) bool { return m.Kind == protocol.StreamKindScreen })
	w.must(err)
	before := pb.Saw(mid).Packets
	_, err = webrtctest.Wait(w.ctx, b, func(m *protocol.Slots) bool { return len(m.Slots) == 3 && m.Slots[2].Stream == 0 })
	w.must(err)
	camera := w.stream(b, ann, protocol.StreamKindCamera)
	w.want(b, pb, camera, 160, 90)
	w.must(pb.WaitPictures(w.ctx, slots.Slots[0].Mid, 160)) // long after the last packet of the screen
	if after := pb.Saw(mid).Packets; after > before+20 {
		t.Errorf("%d packets of the screen came after the role was taken", after-before)
	}
}
