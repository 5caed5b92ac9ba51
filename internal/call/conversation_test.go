package call_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
)

// scribe writes down the events of conversations, of any number of calls.
type scribe struct {
	mu     sync.Mutex
	heard  []string
	stays  []call.Presence // as they begin and end
	ending call.ConversationEnded
}

// Publish notes an event that belongs to a call.
func (s *scribe) Publish(e call.Event) {
	switch e := e.(type) {
	case call.ConversationStarted:
		s.note("started by %s", e.StartedBy)
	case call.ConversationJoined:
		s.note("added %s", e.Who)
		s.keep(e.Presence)
	case call.ConversationLeft:
		s.note("removed %s", e.Who)
		s.keep(e.Presence)
	case call.ConversationEnded:
		s.mu.Lock()
		s.ending = e
		s.mu.Unlock()
		s.note("ended")
	}
}

func (s *scribe) keep(stay call.Presence) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stays = append(s.stays, stay)
}

// devices are what somebody came and left with.
func (s *scribe) devices(who identifier.ID) (devices []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, stay := range s.stays {
		if stay.Who == who {
			devices = append(devices, stay.Device)
		}
	}
	return devices
}

func (s *scribe) note(format string, what ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, fmt.Sprintf(format, what...))
}

func (s *scribe) expect(t *testing.T, want ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if fmt.Sprint(s.heard) != fmt.Sprint(want) {
		t.Errorf("the conversation was told as\n%q, want\n%q", s.heard, want)
	}
}

func TestConversationOfIdentitiesIsPublished(t *testing.T) {
	run(t, func(w *world) {
		w.applicationsConverse(true)
		a, b := identifier.User(resource, "a"), identifier.User(resource, "b")
		p, err := w.Create(bg, call.Create{Targets: []identifier.ID{b}, Source: a, Control: control})
		w.must(err)
		_, err = w.Answer(bg, (<-w.announcer.Calls).Context, identifier.ID{}, control)
		w.must(err)
		time.Sleep(90 * time.Second)
		conn, err := w.Connection(p.ID)
		w.must(err)
		w.must(conn.Terminate(bg))
		w.expect(p.ID, connected+" CallDisconnected")
		w.conversations.expect(t, "started by "+a.Raw(), "added "+b.Raw(), "added "+a.Raw(), "removed "+a.Raw(), "removed "+b.Raw(), "ended")
		if e := w.conversations.ending; e.Duration < 90*time.Second || e.Duration > 91*time.Second || e.By != a {
			t.Errorf("the ending is %+v", e)
		}
	})
}

func TestPhonesAndApplicationsAreNoConversation(t *testing.T) {
	run(t, func(w *world) {
		leg, _, _ := w.answered()
		leg.HangUp()
		w.conversations.expect(t)
	})
}

func TestCallThatNeverCameUpIsNoConversation(t *testing.T) {
	run(t, func(w *world) {
		w.applicationsConverse(true)
		_, id := w.create(identifier.NewUser(resource))
		time.Sleep(31 * time.Second)
		w.expect(id, "CreateCallFailed CallDisconnected")
		w.conversations.expect(t)
	})
}

// TestWhoHangsUpIsSaidToLeaveFirst, whoever called.
func TestWhoHangsUpIsSaidToLeaveFirst(t *testing.T) {
	for name, first := range map[string]identifier.ID{"the caller": ann, "the callee": bob} {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				w.devices[bob] = []string{"office"}
				w.announcer.Listeners = 0
				legs := map[identifier.ID]*calltest.Leg{ann: calltest.Inbound()}
				report, err := w.Incoming(call.Invitation{From: ann, To: bob}, legs[ann])
				w.must(err)
				legs[ann].Told(report)
				legs[bob] = <-w.dialer.Dialled
				legs[bob].PickUp()
				time.Sleep(time.Second)
				legs[first].HangUp()
				time.Sleep(time.Second)
				second := map[identifier.ID]identifier.ID{ann: bob, bob: ann}[first]
				w.conversations.expect(t, "started by "+ann.Raw(), "added "+bob.Raw(), "added "+ann.Raw(), "removed "+first.Raw(), "removed "+second.Raw(), "ended")
			})
		})
	}
}
