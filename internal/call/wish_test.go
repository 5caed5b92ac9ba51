package call_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

var bob = identifier.User(resource, "bob")

// page is a leg that is told everything.
type page struct {
	*browser
	report   func(call.Report)
	seats    []call.Seat
	speaking []identifier.ID
}

func (p *page) FollowSeat(s call.Seat) { p.seats = append(p.seats, s) }

func (p *page) FollowSpeakers(speaking, _ []identifier.ID) { p.speaking = speaking }

// wants has the page ask for something, and returns what came of it.
func (p *page) wants(w call.Wish) error {
	told := make(chan error, 1)
	p.report(call.Wanted{Wish: w, Tell: func(err error) { told <- err }})
	return <-told
}

// roomOf begins the call of a room with pages of these roles, ann's and bob's.
func (w *world) roomOf(roles ...call.Role) (pages []*page) {
	w.Helper()
	for i, role := range roles {
		pages = append(pages, w.joinsRoom([]identifier.ID{ann, bob}[i], role))
	}
	return pages
}

// joinsRoom lets somebody into the room.
func (w *world) joinsRoom(who identifier.ID, role call.Role) *page {
	w.Helper()
	p := &page{browser: &browser{Leg: calltest.Inbound()}}
	report, err := w.Join(bg, call.Join{To: call.Locator{RoomID: "99000000000000001"}, Who: who, DisplayName: who.Raw(), Role: role}, p)
	w.must(err)
	p.report = report
	p.Told(report)
	synctest.Wait()
	return p
}

func (w *world) leave(pages ...*page) {
	for _, p := range pages {
		p.HangUp()
	}
	synctest.Wait()
}

// TestOnlyPresentersManage asks of each role what it may want of others.
func TestOnlyPresentersManage(t *testing.T) {
	for _, test := range []struct {
		role    call.Role
		manages bool
	}{{call.Presenter, true}, {call.Attendee, false}, {call.Collaborator, false}, {call.Consumer, false}} {
		for _, wish := range []call.Wish{
			call.MuteWish{Who: bob}, call.MuteWish{}, call.AddWish{Who: identifier.User(resource, "eve"), Follow: func(call.Referral) {}}, call.RemoveWish{Who: bob},
		} {
			run(t, func(w *world) {
				w.announcer.Listeners = 0
				pages := w.roomOf(test.role, call.Attendee)
				if err := pages[0].wants(wish); (err == nil) != test.manages || err != nil && !fault.Is(err, fault.KindForbidden) {
					t.Errorf("a %s wants %T: %v", test.role, wish, err)
				}
				if pages[0].wants(call.EndWish{}) == nil {
					t.Error("a page ended the call of a room")
				}
				time.Sleep(time.Minute) // nobody answers who is invited
				w.leave(pages...)
			})
		}
	}
}

// TestMuteByOthersIsLiftedByOneself, and the roster says so.
func TestMuteByOthersIsLiftedByOneself(t *testing.T) {
	run(t, func(w *world) {
		pages := w.roomOf(call.Presenter, call.Attendee)
		muted := func() bool {
			synctest.Wait()
			last, _, _ := pages[0].followed()
			return last[1].Muted
		}
		w.must(pages[0].wants(call.MuteWish{}))
		if last, _, _ := pages[0].followed(); !muted() || last[0].Muted {
			t.Errorf("after mute all: %+v", last)
		}
		w.must(pages[1].wants(call.MicrophoneWish{On: true}))
		if muted() {
			t.Error("unmuted, and still muted")
		}
		w.must(pages[1].wants(call.MicrophoneWish{On: false}))
		if _, _, heard := pages[1].followed(); !muted() || len(heard) != 2 {
			t.Errorf("it mutes itself; others have told it %v", heard)
		}
		w.must(pages[1].wants(call.HoldWish{On: true}))
		synctest.Wait()
		if last, _, _ := pages[0].followed(); !last[1].OnHold {
			t.Errorf("held: %+v", last)
		}
		w.leave(pages...)
		if err := pages[0].wants(call.HoldWish{}); !errors.Is(err, call.CallOver) && !errors.Is(err, call.NotConnected) {
			t.Errorf("after the end: %v", err)
		}
	})
}

// TestRoomGovernsItsCall: roles change, a Consumer does not unmute, and who is taken off
// the list leaves.
func TestRoomGovernsItsCall(t *testing.T) {
	run(t, func(w *world) {
		const room = "99000000000000001"
		pages := w.roomOf(call.Presenter, call.Attendee)
		w.ChangeRoom(room, call.RoomChange{Roles: map[string]call.Role{ann.Raw(): call.Presenter, bob.Raw(): call.Consumer}, DialsOut: true})
		synctest.Wait()
		if seat := pages[1].seats[len(pages[1].seats)-1]; seat.Role != call.Consumer || seat.DialsOut || seat.Kind != call.Room {
			t.Errorf("bob sits at %+v", seat)
		}
		if seat := pages[0].seats[len(pages[0].seats)-1]; !seat.DialsOut {
			t.Errorf("ann sits at %+v", seat)
		}
		if last, _, _ := pages[0].followed(); !last[1].Muted || last[1].Role != call.Consumer {
			t.Errorf("ann sees %+v", last[1])
		}
		if pages[1].wants(call.MicrophoneWish{On: true}) == nil {
			t.Error("a Consumer unmutes")
		}
		w.ChangeRoom("1", call.RoomChange{}) // another room
		w.ChangeRoom(room, call.RoomChange{Roles: map[string]call.Role{ann.Raw(): call.Presenter}})
		synctest.Wait()
		if why, over := pages[1].Why(); !over || why.Kind != call.Removed || !why.ByRoom {
			t.Errorf("bob left: %v, %+v", over, why)
		}
		w.ChangeRoom(room, call.RoomChange{}) // it was deleted
		synctest.Wait()
		if _, over := pages[0].Why(); !over || w.Active() != 0 {
			t.Error("the room is no more, and its call goes on")
		}
	})
}

// TestWhoSpeaksIsTold, once, and that they have stopped.
func TestWhoSpeaksIsTold(t *testing.T) {
	run(t, func(w *world) {
		pages := w.roomOf(call.Presenter, call.Attendee)
		pages[1].Speak(true)
		time.Sleep(time.Second)
		synctest.Wait() // who works on the call writes what is read
		if got := pages[0].speaking; len(got) != 1 || got[0] != bob {
			t.Errorf("speaking: %v", got)
		}
		w.must(pages[1].wants(call.MicrophoneWish{}))
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := pages[0].speaking; len(got) != 0 {
			t.Errorf("after mute, speaking: %v", got)
		}
		w.leave(pages...)
	})
}

// TestAClientCallsSeveral asks that all are permitted before any rings, that the caller
// is answered with the first, and that a call that nobody takes ends.
func TestAClientCallsSeveral(t *testing.T) {
	run(t, func(w *world) {
		begin := func() *calltest.Leg {
			leg := calltest.Inbound()
			report, err := w.Begin(call.Begin{From: ann, Targets: []identifier.ID{phone(aPhone), phone("+15551230002")}, CallerID: phone(ourPhone)}, leg)
			w.must(err)
			leg.Told(report)
			return leg
		}
		leg := begin()
		first, second := <-w.dialer.Dialled, <-w.dialer.Dialled
		if from := first.Invitation.From; from != phone(ourPhone) {
			t.Errorf("a phone sees %s", from)
		}
		first.Refuse(call.Busy, 486, "Busy Here")
		synctest.Wait()
		if _, over := leg.Why(); over {
			t.Error("one is busy, and the call is over")
		}
		second.PickUp()
		synctest.Wait()
		leg.HangUp()
		synctest.Wait()

		leg = begin()
		(<-w.dialer.Dialled).Refuse(call.Busy, 486, "Busy Here")
		(<-w.dialer.Dialled).Refuse(call.Declined, 603, "Decline")
		synctest.Wait()
		if _, over := leg.Why(); !over {
			t.Error("nobody takes the call, and it goes on")
		}
		for name, b := range map[string]call.Begin{
			"nobody": {From: ann}, "itself": {From: ann, Targets: []identifier.ID{ann}},
			"numbers without a caller id": {From: ann, Targets: []identifier.ID{phone(aPhone), bob}},
			"numbers with a foreign one":  {From: ann, Targets: []identifier.ID{phone(aPhone), bob}, CallerID: phone(aPhone)},
			"our own with a foreign one":  {From: ann, Targets: []identifier.ID{phone(ourPhone), bob}, CallerID: phone(aPhone)},
			"a user of another resource":  {From: ann, Targets: []identifier.ID{identifier.User("99999999-2222-4333-8444-555555555555", "x")}},
		} {
			if _, err := w.Begin(b, calltest.Inbound()); err == nil {
				t.Errorf("called: %s", name)
			}
		}
	})
}

// TestKeysOfAConsumerAreForNobody: whoever is not heard presses no keys either, whether its
// page asks for them or they come with its sound.
func TestKeysOfAConsumerAreForNobody(t *testing.T) {
	for role, want := range map[call.Role]string{call.Attendee: "56", call.Consumer: ""} {
		run(t, func(w *world) {
			pages := w.roomOf(call.Presenter, role)
			w.ChangeRoom("99000000000000001", call.RoomChange{Roles: map[string]call.Role{ann.Raw(): call.Presenter, bob.Raw(): role}, DialsOut: true})
			synctest.Wait()
			w.must(pages[0].wants(call.AddWish{Who: phone(aPhone), CallerID: phone(ourPhone), Follow: func(call.Referral) {}}))
			called := <-w.dialer.Dialled
			called.PickUp()
			synctest.Wait()
			if err := pages[1].wants(call.KeyWish{Tone: '5'}); (err == nil) != (want != "") {
				t.Errorf("a %s presses a key: %v", role, err)
			}
			pages[1].Press("6")
			time.Sleep(time.Second)
			synctest.Wait()
			if got := called.Sent(); got != want {
				t.Errorf("the phone hears the keys %q of a %s, want %q", got, role, want)
			}
			called.HangUp()
			w.leave(pages...)
		})
	}
}

// TestInvitedNumbersSeeNumbersOfOurs: also an application that has one of our own numbers, which
// may tell callers apart by theirs.
func TestInvitedNumbersSeeNumbersOfOurs(t *testing.T) {
	run(t, func(w *world) {
		pages := w.roomOf(call.Presenter)
		w.ChangeRoom("99000000000000001", call.RoomChange{Roles: map[string]call.Role{ann.Raw(): call.Presenter}, DialsOut: true})
		synctest.Wait()
		for _, who := range []string{aPhone, ourPhone} {
			if err := pages[0].wants(call.AddWish{Who: phone(who), CallerID: phone("+15551239999"), Follow: func(call.Referral) {}}); !fault.Is(err, fault.KindForbidden) {
				t.Errorf("%s is called by a number that is none of ours: %v", who, err)
			}
		}
		w.leave(pages...)
	})
}
