package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// talk is a call of two applications.
func (w *world) talk() (caller, callee *call.Connection, from, to string, answerer identifier.ID) {
	w.Helper()
	answerer = identifier.NewUser(resource)
	caller, from = w.create(answerer)
	p, err := w.Answer(bg, (<-w.announcer.Calls).Context, identifier.ID{}, control)
	w.must(err)
	synctest.Wait()
	callee, err = w.Connection(p.ID)
	w.must(err)
	w.expect(from, connected)
	w.expect(p.ID, connected)
	return caller, callee, from, p.ID, answerer
}

// TestApplicationIsMovedToAnotherCall: as Microsoft's live test of moveParticipants,
// two calls of two applications become one of three.
func TestApplicationIsMovedToAnotherCall(t *testing.T) {
	run(t, func(w *world) {
		first, _, mover, partner, _ := w.talk()
		_, moved, from, its, who := w.talk()
		w.must(first.Move(bg, call.Move{Who: []identifier.ID{who}, From: from, Context: call.Context{Operation: "move"}}))
		time.Sleep(100 * time.Millisecond)
		w.expect(mover, connected+" MoveParticipantSucceeded ParticipantsUpdated")
		w.expect(partner, connected+" ParticipantsUpdated")
		w.expect(from, connected+" CallDisconnected")
		w.expect(its, connected+" ParticipantsUpdated")
		list, err := first.Participants(bg)
		w.must(err)
		if len(list) != 3 || list[2].ID != who {
			t.Errorf("the participants are %v", list)
		}
		if list, err = moved.Participants(bg); err != nil || len(list) != 2 {
			t.Errorf("the moved application sees %v, %v", list, err)
		}
		w.must(moved.HangUp(bg))
		w.expect(its, connected+" ParticipantsUpdated CallDisconnected")
		w.expect(mover, connected+" MoveParticipantSucceeded ParticipantsUpdated ParticipantsUpdated")
		w.must(first.Terminate(bg))
	})
}

// TestMovedApplicationIsHeard: what it plays reaches the phone of the other call.
// Who is removed there is told the end of its call.
func TestMovedApplicationIsHeard(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		_, moved, from, its, who := w.talk()
		w.must(conn.Move(bg, call.Move{Who: []identifier.ID{who}, From: from}))
		time.Sleep(100 * time.Millisecond)
		before := leg.Heard()
		w.must(moved.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(2 * time.Second)
		if heard := leg.Heard() - before; heard < 40 {
			t.Errorf("the phone heard %d frames of 50", heard)
		}
		w.must(conn.Remove(bg, who, call.Context{}))
		synctest.Wait()
		if _, gone := w.last(its).(call.CallDisconnected); !gone {
			t.Errorf("the removed application was told %T", w.last(its))
		}
		if list, err := conn.Participants(bg); err != nil || len(list) != 2 {
			t.Errorf("left are %v, %v", list, err)
		}
		leg.HangUp()
		if _, gone := w.last(id).(call.CallDisconnected); !gone {
			t.Errorf("the mover was told %T", w.last(id))
		}
	})
}

func TestApplicationOfAGroupIsNotMoved(t *testing.T) {
	run(t, func(w *world) {
		first, _, mover, _, _ := w.talk()
		leg, second, group, groupID := w.added()
		list, err := group.Participants(bg)
		w.must(err)
		var self identifier.ID
		for _, p := range list {
			if p.ID.Kind() == identifier.CommunicationUser {
				self = p.ID
			}
		}
		w.must(first.Move(bg, call.Move{Who: []identifier.ID{self}, From: groupID}))
		time.Sleep(100 * time.Millisecond)
		w.expect(mover, connected+" MoveParticipantFailed")
		if list, err := group.Participants(bg); err != nil || len(list) != 3 {
			t.Errorf("in the group are %v, %v", list, err)
		}
		w.must(first.Terminate(bg))
		leg.HangUp()
		second.HangUp()
	})
}

// TestMoveIntoACallThatEndsLeavesNobodyAlone: the other call ends during the move.
func TestMoveIntoACallThatEndsLeavesNobodyAlone(t *testing.T) {
	run(t, func(w *world) {
		first, _, mover, _, _ := w.talk()
		_, _, from, its, who := w.talk()
		w.must(first.Move(bg, call.Move{Who: []identifier.ID{who}, From: from}))
		w.must(first.Terminate(bg))
		time.Sleep(time.Second)
		for _, id := range []string{mover, its} {
			if _, gone := w.last(id).(call.CallDisconnected); gone {
				continue
			}
			c, err := w.Connection(id) // the move came too late for it: it still has its partner
			w.must(err)
			if list, err := c.Participants(bg); err != nil || len(list) != 2 {
				t.Errorf("left are %v, %v", list, err)
			}
			w.must(c.Terminate(bg))
		}
	})
}
