package call_test

import (
	"errors"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// onHold lists whom each ParticipantsUpdated of a connection showed on hold.
func (w *world) onHold(connection string) (lists [][]identifier.ID) {
	for _, e := range w.published.Events(connection) {
		updated, ok := e.(call.ParticipantsUpdated)
		if !ok {
			continue
		}
		held := []identifier.ID{}
		for _, p := range updated.Participants {
			if p.OnHold {
				held = append(held, p.ID)
			}
		}
		lists = append(lists, held)
	}
	return lists
}

// lastButRoster is the last event that is no list of participants.
func (w *world) lastButRoster(connection string) (last call.Event) {
	for _, e := range w.published.Events(connection) {
		if _, roster := e.(call.ParticipantsUpdated); !roster {
			last = e
		}
	}
	return last
}

// TestWhoIsPlayedToAloneIsShownOnHold until the play is over, on every connection of the
// call, and before its first event: as recorded from the service. A play to everybody
// changes nothing.
func TestWhoIsPlayedToAloneIsShownOnHold(t *testing.T) {
	toOne := call.Play{Prompts: hello, To: []identifier.ID{phone(aPhone)}}
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		made, err := w.Connect(bg, call.Locator{ServerCallID: w.serverCallID(conn)}, control)
		w.must(err)
		other, err := w.Connection(made.ID)
		w.must(err)
		w.must(conn.Play(bg, toOne))
		w.expect(id, connected+" ParticipantsUpdated")
		for _, c := range []*call.Connection{conn, other} {
			if p, err := c.Participant(bg, phone(aPhone)); err != nil || !p.OnHold {
				t.Errorf("while it plays the phone is %+v, %v", p, err)
			}
		}
		time.Sleep(2 * time.Second)
		w.expect(id, connected+" ParticipantsUpdated PlayStarted PlayCompleted ParticipantsUpdated")
		for _, connection := range []string{id, made.ID} {
			lists := w.onHold(connection)
			if n := len(lists); n < 2 || len(lists[n-2]) != 1 || lists[n-2][0] != phone(aPhone) || len(lists[n-1]) != 0 {
				t.Errorf("on hold were %v", lists)
			}
		}
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(2 * time.Second)
		w.expect(id, connected+" ParticipantsUpdated PlayStarted PlayCompleted ParticipantsUpdated PlayStarted PlayCompleted")
		leg.HangUp()
	})
}

func TestPlayToOneThatFailsIsOver(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.prompts.Fail["http://app.test/broken"] = errors.New("not a sound")
		w.must(conn.Play(bg, call.Play{Prompts: []call.Prompt{call.File{URI: "http://app.test/broken"}}, To: []identifier.ID{phone(aPhone)}}))
		time.Sleep(time.Second)
		w.expect(id, connected+" ParticipantsUpdated PlayFailed ParticipantsUpdated")
		leg.HangUp()
	})
}

// TestPlayThatFollowsAnotherToOneShowsNothing: the participant is on hold all the time. Nothing
// is told of the end of a play that the end of the call has brought.
func TestPlayThatFollowsAnotherToOneShowsNothing(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		play := call.Play{Prompts: hello, To: []identifier.ID{phone(aPhone)}, Loop: true}
		w.must(conn.Play(bg, play))
		time.Sleep(time.Second)
		play.Interrupt = true
		w.must(conn.Play(bg, play))
		time.Sleep(time.Second)
		w.expect(id, connected+" ParticipantsUpdated PlayStarted PlayCanceled PlayStarted")
		leg.HangUp()
		w.expect(id, connected+" ParticipantsUpdated PlayStarted PlayCanceled PlayStarted PlayCanceled CallDisconnected")
	})
}
