package call_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
)

// answeredBy is answered, for a phone with another number.
func (w *world) answeredBy(number string) (*calltest.Leg, *call.Connection, string) {
	w.Helper()
	leg := calltest.Inbound()
	report, err := w.Incoming(call.Invitation{From: phone(number), To: phone(ourPhone)}, leg)
	w.must(err)
	leg.Told(report)
	in := <-w.announcer.Calls
	p, err := w.Answer(bg, in.Context, identifier.ID{}, control)
	w.must(err)
	synctest.Wait()
	conn, err := w.Connection(p.ID)
	w.must(err)
	return leg, conn, p.ID
}

// addPhone adds a phone, which picks up.
func (w *world) addPhone(conn *call.Connection, number string) *calltest.Leg {
	w.Helper()
	_, err := conn.Add(bg, call.Add{Who: phone(number), CallerID: phone(ourPhone)})
	w.must(err)
	leg := <-w.dialer.Dialled
	leg.PickUp()
	synctest.Wait()
	return leg
}

// browser is a leg that follows the roster and its muting.
type browser struct {
	*calltest.Leg
	mu      sync.Mutex
	rosters [][]call.Attendance
	muted   []bool
}

func (b *browser) FollowRoster(r *call.Roster) {
	b.mu.Lock()
	b.rosters = append(b.rosters, r.List)
	b.mu.Unlock()
}

func (b *browser) FollowMute(muted bool) {
	b.mu.Lock()
	b.muted = append(b.muted, muted)
	b.mu.Unlock()
}

// followed returns the last roster, how many came, and what it heard of muting.
func (b *browser) followed() (last []call.Attendance, n int, muted []bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n = len(b.rosters); n > 0 {
		last = b.rosters[n-1]
	}
	return last, n, b.muted
}

// joins lets somebody into a call by its name.
func (w *world) joins(to call.Locator, who identifier.ID) *browser {
	w.Helper()
	b := &browser{Leg: calltest.Inbound()}
	report, err := w.Join(bg, call.Join{To: to, Who: who, DisplayName: "Ann"}, b)
	w.must(err)
	b.Told(report)
	synctest.Wait()
	return b
}

const groupID = "6F9619FF-8B86-D011-B42D-00CF4FC964FF"

// TestGroupBeginsWithWhoJoinsItFirst asks that a group has a name, that one waits in
// it alone, that an application can connect to it, and that it ends with the last.
func TestGroupBeginsWithWhoJoinsItFirst(t *testing.T) {
	for name, to := range map[string]call.Locator{"group": {GroupCallID: groupID}, "room": {RoomID: "99000000000000001"}} {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				bob := identifier.User(resource, "bob")
				first := w.joins(to, ann)
				if _, err := w.Find(to); err != nil {
					t.Fatal(err)
				}
				lower := to
				if to.GroupCallID != "" {
					lower.GroupCallID = "6f9619ff-8b86-d011-b42d-00cf4fc964ff"
				}
				second := w.joins(lower, bob)
				if last, _, _ := second.followed(); len(last) != 2 || last[0].ID != ann || last[1].ID != bob {
					t.Errorf("the second is shown %v", last)
				}
				p, err := w.Connect(bg, to, control)
				w.must(err)
				w.expect(p.ID, "CallConnected ParticipantsUpdated")
				first.HangUp()
				w.expect(p.ID, "CallConnected ParticipantsUpdated ParticipantsUpdated")
				if _, over := second.Why(); over {
					t.Error("who is left alone was hung up")
				}
				second.HangUp()
				w.expect(p.ID, "CallConnected ParticipantsUpdated ParticipantsUpdated CallDisconnected")
				if _, err := w.Find(to); err == nil {
					t.Error("the call is over and still has its name")
				}
				w.joins(to, ann).HangUp() // another call of the same name
			})
		})
	}
}

// TestCallIsJoinedByItsServerCallID asks that somebody comes into a call between a
// phone and an application, which hears of it; and that no call is begun by such an id.
func TestCallIsJoinedByItsServerCallID(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		p, err := conn.Properties(bg)
		w.must(err)
		to := call.Locator{ServerCallID: p.ServerCallID}
		joined := w.joins(to, ann)
		w.expect(id, connected+" ParticipantsUpdated")
		joined.HangUp()
		w.expect(id, connected+" ParticipantsUpdated ParticipantsUpdated")
		leg.HangUp()
		synctest.Wait()
		if _, err := w.Join(bg, call.Join{To: to, Who: ann}, calltest.Inbound()); err == nil {
			t.Error("a call that is over was joined")
		}
	})
}

// TestUserWithTwoDevicesIsOneParticipant asks that the roster has the user once, that
// both devices obey what the participant is told, and that it has left with the last.
func TestUserWithTwoDevicesIsOneParticipant(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		p, err := conn.Properties(bg)
		w.must(err)
		to := call.Locator{ServerCallID: p.ServerCallID}
		laptop := w.joins(to, ann)
		w.must(conn.Mute(bg, []identifier.ID{ann}))
		phone := w.joins(to, ann)
		list, err := conn.Participants(bg)
		w.must(err)
		if len(list) != 3 || !list[2].Muted {
			t.Errorf("participants are %v", list)
		}
		leg.Speak(false)
		for _, device := range []*browser{laptop, phone} {
			heard := leg.Heard()
			device.Speak(true)
			time.Sleep(time.Second)
			if leg.Heard() != heard {
				t.Error("a device of a muted user is heard")
			}
			device.Speak(false)
		}
		w.must(conn.Play(bg, call.Play{Prompts: hello, To: []identifier.ID{ann}}))
		time.Sleep(2 * time.Second)
		if laptop.Heard() == 0 || phone.Heard() == 0 {
			t.Errorf("the devices heard %d and %d frames of the prompt", laptop.Heard(), phone.Heard())
		}
		if _, _, muted := laptop.followed(); len(muted) != 1 || !muted[0] {
			t.Errorf("the device was told of muting: %v", muted)
		}
		before := len(w.published.Events(id))
		laptop.HangUp()
		synctest.Wait()
		if after := w.published.Events(id); len(after) != before { // the roster is the same
			t.Errorf("the first device's end raises %v", after[before:])
		}
		if list, _ := conn.Participants(bg); len(list) != 3 {
			t.Errorf("participants are %v", list)
		}
		w.must(conn.Remove(bg, ann, call.Context{}))
		synctest.Wait()
		if why, over := phone.Why(); !over || why.Kind != call.Removed {
			t.Errorf("the removed user's device ended with %+v, %t", why, over)
		}
		leg.HangUp()
	})
}
