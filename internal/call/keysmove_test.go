package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// TestKeysThatWaitForWhoMovesAreForgotten: the leg is another call's, and nothing is left to
// send them to.
func TestKeysThatWaitForWhoMovesAreForgotten(t *testing.T) {
	run(t, func(w *world) {
		page := w.roomOf(call.Presenter)[0]
		w.ChangeRoom("99000000000000001", call.RoomChange{Roles: map[string]call.Role{ann.Raw(): call.Presenter}, DialsOut: true})
		synctest.Wait()
		w.must(page.wants(call.AddWish{Who: phone(aPhone), CallerID: phone(ourPhone), Follow: func(call.Referral) {}}))
		called := <-w.dialer.Dialled
		called.PickUp()
		room, err := w.Connect(bg, call.Locator{RoomID: "99000000000000001"}, control)
		w.must(err)
		into := w.talksTo(bPhone)
		for _, key := range "12" {
			w.must(page.wants(call.KeyWish{Tone: call.Tone(key)}))
		}
		w.must(into.Move(bg, call.Move{Who: []identifier.ID{phone(aPhone)}, From: room.ID}))
		time.Sleep(time.Second)
		if got := called.Sent(); got != "1" {
			t.Errorf("the phone hears the keys %q", got)
		}
		w.endAll()
	})
}

// TestKeysOfAnApplicationEndWhereTheirTargetMoves, at whatever moment.
func TestKeysOfAnApplicationEndWhereTheirTargetMoves(t *testing.T) {
	run(t, func(w *world) {
		into := w.talksTo(bPhone)
		_, conn, id := w.answered()
		w.must(conn.SendTones(bg, call.SendTones{Tones: []call.Tone("123456"), Target: phone(aPhone)}))
		w.must(into.Move(bg, call.Move{Who: []identifier.ID{phone(aPhone)}, From: id}))
		w.expect(id, connected+" SendTonesFailed CallDisconnected")
		w.endAll()
	})
}

// talksTo is a call of an application to a phone, which has picked up.
func (w *world) talksTo(number string) *call.Connection {
	w.Helper()
	conn, _ := w.create(phone(number))
	(<-w.dialer.Dialled).PickUp()
	synctest.Wait()
	return conn
}
