package call_test

import (
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// TestCallerByAnOwnNumberIsNoUser: an identity that calls by a number of ours is an
// application at the other end. Its leg keeps no group alive, and nobody is told
// that a user joined.
func TestCallerByAnOwnNumberIsNoUser(t *testing.T) {
	run(t, func(w *world) {
		_, err := w.Create(bg, call.Create{Targets: []identifier.ID{identifier.NewUser(resource)}, Control: control})
		w.must(err)
		w.must(w.Redirect(bg, (<-w.announcer.Calls).Context, call.Redirect{Target: phone(ourPhone)}))
		p, err := w.Answer(bg, (<-w.announcer.Calls).Context, identifier.ID{}, control)
		w.must(err)
		synctest.Wait()
		conn, err := w.Connection(p.ID)
		w.must(err)
		_, err = conn.Add(bg, call.Add{Who: phone(aPhone), CallerID: phone(ourPhone)})
		w.must(err)
		added := <-w.dialer.Dialled
		added.PickUp()
		synctest.Wait()
		w.must(conn.HangUp(bg))
		synctest.Wait()
		if _, over := added.Why(); !over || w.Active() != 0 {
			t.Errorf("%d calls go on, though no application and no user is in them", w.Active())
		}
		w.conversations.expect(t)
	})
}
