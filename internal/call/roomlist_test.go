package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

const roomOfList = "99000000000000001"

// list is what a room says: ann presents, and these are there as well.
func (w *world) list(others map[identifier.ID]call.Role) {
	change := call.RoomChange{Roles: map[string]call.Role{ann.Raw(): call.Presenter}, DialsOut: true}
	for who, role := range others {
		change.Roles[who.Raw()] = role
	}
	w.ChangeRoom(roomOfList, change)
	synctest.Wait()
}

// controlled is the call of a room, in which ann is, with an application.
func (w *world) controlled() (*page, *call.Connection) {
	w.Helper()
	page := w.joinsRoom(ann, call.Presenter)
	p, err := w.Connect(bg, call.Locator{RoomID: roomOfList}, control)
	w.must(err)
	conn, err := w.Connection(p.ID)
	w.must(err)
	return page, conn
}

// roles are those of the people whom a page sees.
func (p *page) roles() map[identifier.ID]call.Role {
	synctest.Wait()
	last, _, _ := p.followed()
	roles := make(map[identifier.ID]call.Role)
	for _, one := range last {
		roles[one.ID] = one.Role
	}
	return roles
}

// brings has the application add a user, who answers.
func (w *world) brings(conn *call.Connection, who identifier.ID) *calltest.Leg {
	w.Helper()
	w.devices[who] = []string{"desk"}
	_, err := conn.Add(bg, call.Add{Who: who})
	w.must(err)
	leg := <-w.dialer.Dialled
	leg.PickUp()
	synctest.Wait()
	return leg
}

// TestWhomAnApplicationBringsIntoARoom: a user has the role that the list says. One who is
// not on it stays when the list changes, but leaves once it has been on it.
func TestWhomAnApplicationBringsIntoARoom(t *testing.T) {
	run(t, func(w *world) {
		anns, conn := w.controlled()
		w.list(map[identifier.ID]call.Role{bob: call.Collaborator})
		bobs, bens := w.brings(conn, bob), w.brings(conn, ben)
		if roles := anns.roles(); roles[bob] != call.Collaborator || roles[ben] != call.Attendee {
			t.Errorf("added are %v", roles)
		}
		w.list(nil)
		if roles := anns.roles(); len(roles) != 2 || roles[ben] != call.Attendee {
			t.Errorf("without bob on the list there are %v", roles)
		}
		if why, over := bobs.Why(); !over || !why.ByRoom {
			t.Errorf("bob left: %v, %+v", over, why)
		}
		w.list(map[identifier.ID]call.Role{ben: call.Consumer})
		if roles := anns.roles(); roles[ben] != call.Consumer {
			t.Errorf("put on the list is %v", roles)
		}
		w.list(nil)
		if _, over := bens.Why(); !over {
			t.Error("ben was taken off the list, and stays")
		}
		bens = w.brings(conn, ben)
		w.ChangeRoom(roomOfList, call.RoomChange{}) // it was deleted
		synctest.Wait()
		if _, over := bens.Why(); !over {
			t.Error("the room is no more, and ben stays")
		}
	})
}

// TestWhoIsMovedIntoARoomHasItsRole, and what was told of its device holds for its departure.
func TestWhoIsMovedIntoARoomHasItsRole(t *testing.T) {
	run(t, func(w *world) {
		w.applicationsConverse(false)
		anns, conn := w.controlled()
		w.list(map[identifier.ID]call.Role{bob: call.Presenter})
		from := call.Locator{GroupCallID: groupID}
		bobs := &page{browser: &browser{Leg: calltest.Inbound()}}
		report, err := w.Join(bg, call.Join{To: from, Who: bob}, named{bobs, "browser 1.0"})
		w.must(err)
		bobs.Told(report)
		p, err := w.Connect(bg, from, control)
		w.must(err)
		w.must(conn.Move(bg, call.Move{Who: []identifier.ID{bob}, From: p.ID}))
		time.Sleep(time.Second)
		if roles := anns.roles(); roles[bob] != call.Presenter {
			t.Errorf("in the room are %v", roles)
		}
		if seat := bobs.seats[len(bobs.seats)-1]; seat.Role != call.Presenter || seat.Kind != call.Room {
			t.Errorf("bob sits at %+v", seat)
		}
		if told := w.conversations.devices(bob); len(told) != 3 || told[0] != "browser 1.0" || told[1] != told[0] || told[2] != told[0] {
			t.Errorf("bob came, went and came with %q", told)
		}
		w.leave(anns, bobs)
	})
}

// named is a page that says what it is.
type named struct {
	*page
	agent string
}

func (n named) UserAgent() string { return n.agent }

// TestPresenterInvitesWhoIsOnTheList, and nobody else.
func TestPresenterInvitesWhoIsOnTheList(t *testing.T) {
	run(t, func(w *world) {
		w.devices[bob], w.devices[ben] = []string{"desk"}, []string{"desk"}
		anns := w.joinsRoom(ann, call.Presenter)
		w.list(map[identifier.ID]call.Role{bob: call.Attendee})
		nobody := func(call.Referral) {}
		if err := anns.wants(call.AddWish{Who: ben, Follow: nobody}); !fault.Is(err, fault.KindForbidden) {
			t.Errorf("inviting somebody who is not on the list: %v", err)
		}
		var told call.Referral
		anns.report(call.TransferWanted{To: ben, Tell: func(r call.Referral) { told = r }})
		synctest.Wait()
		if told.Outcome != call.ReferralFailed {
			t.Errorf("handing over to somebody who is not on the list: %+v", told)
		}
		w.must(anns.wants(call.AddWish{Who: bob, Follow: nobody}))
		(<-w.dialer.Dialled).PickUp()
		if roles := anns.roles(); len(roles) != 2 {
			t.Errorf("in the room are %v", roles)
		}
		w.list(nil)
		w.leave(anns)
	})
}

// TestPhoneInARoomHandsNothingOver: who has no role brings nobody in.
func TestPhoneInARoomHandsNothingOver(t *testing.T) {
	run(t, func(w *world) {
		anns, conn := w.controlled()
		w.list(map[identifier.ID]call.Role{bob: call.Attendee})
		_, err := conn.Add(bg, call.Add{Who: phone(aPhone), CallerID: phone(ourPhone)})
		w.must(err)
		caller := <-w.dialer.Dialled
		caller.PickUp()
		synctest.Wait()
		for _, to := range []identifier.ID{phone(bPhone), bob} {
			told := caller.HandOver(call.TransferWanted{To: to, CallerID: phone(ourPhone)}, nil)
			synctest.Wait()
			if len(told) != 1 {
				t.Fatalf("of handing over to %s it is told %d times", to, len(told))
			}
			if got := <-told; got.Outcome != call.ReferralFailed || got.Reason.Kind != call.Forbidden {
				t.Errorf("handing over to %s: %+v", to, got)
			}
		}
		w.leave(anns)
		caller.HangUp()
	})
}
