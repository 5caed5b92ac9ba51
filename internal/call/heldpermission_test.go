package call_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
)

// TestPermissionOfACommandThatPanicsIsGivenBack has one call at a time permitted, and whatever calls
// a number panic before it is dialled. Another call takes the place afterwards.
func TestPermissionOfACommandThatPanicsIsGivenBack(t *testing.T) {
	target := phone(bPhone)
	for what, calls := range map[string]func(*world, *faults){
		"add": func(w *world, f *faults) {
			_, conn, _ := w.answered()
			f.at("line")
			conn.Add(bg, call.Add{Who: target, CallerID: phone(ourPhone)})
		},
		"transfer": func(w *world, f *faults) {
			_, conn, _ := w.answered()
			f.at("line")
			conn.Transfer(bg, call.Transfer{Target: target})
		},
		"transfer that the phone declines to make itself": func(w *world, f *faults) {
			leg, conn, _ := w.answered()
			leg.TakesRefer()
			w.must(conn.Transfer(bg, call.Transfer{Target: target}))
			f.at("line")
			leg.Decide(call.ReferralDeclined)
		},
		"transfer out of a group": func(w *world, f *faults) {
			leg, conn, _ := w.answered()
			_, err := conn.Add(bg, call.Add{Who: identifier.NewUser(resource)}) // makes it a group
			w.must(err)
			f.at("line")
			w.must(conn.Transfer(bg, call.Transfer{Target: target, Transferee: phone(aPhone)}))
			synctest.Wait()
			leg.HangUp()
			conn.Terminate(bg)
		},
		"redirect": func(w *world, f *faults) {
			_, in := w.incoming()
			f.at("line")
			w.Redirect(bg, in.Context, call.Redirect{Target: target})
		},
		"hand-over by a phone": func(w *world, f *faults) {
			leg, _, _ := w.answered()
			f.at("line")
			leg.HandOver(blind(bPhone), nil)
		},
		"forwarding by a phone": func(w *world, f *faults) {
			_, in := w.incoming()
			w.must(w.Redirect(bg, in.Context, call.Redirect{Target: deskUser}))
			desk := w.dialled()
			f.at("line")
			desk.Forward(call.ForwardWanted{To: target, CallerID: phone(ourPhone)})
		},
		"add by a client": func(w *world, f *faults) {
			g := w.guests()
			f.at("line")
			g.page.report(call.Wanted{Wish: call.AddWish{Who: target, CallerID: phone(ourPhone), Follow: func(call.Referral) {}}, Tell: func(error) {}})
			g.leg.HangUp()
		},
	} {
		t.Run(what, func(t *testing.T) {
			run(t, func(w *world) {
				w.guarded(permit.Guard{Name: "one", Prefixes: []string{bPhone}, Concurrent: 1})
				w.devices[deskUser] = []string{"desk"}
				f := w.faulty()
				calls(w, f)
				time.Sleep(2 * time.Minute)
				synctest.Wait()
				if n := w.Active(); n != 0 {
					t.Errorf("%d calls are left", n)
				}
				w.nobodyIsDialled()
				p, err := w.Create(bg, calling(bPhone))
				w.must(err)
				w.dialled().PickUp()
				conn, err := w.Connection(p.ID)
				w.must(err)
				w.must(conn.Terminate(bg))
			})
		})
	}
}

// TestPermissionOfAReferralThatIsGivenUpIsGivenBack: its phone answers after its call is gone.
func TestPermissionOfAReferralThatIsGivenUpIsGivenBack(t *testing.T) {
	run(t, func(w *world) {
		w.guarded(permit.Guard{Name: "one", Prefixes: []string{bPhone}, Concurrent: 1})
		f := w.faulty()
		leg, conn, _ := w.answered()
		leg.TakesRefer()
		leg.Slow = true
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
		w.breaksDown(f, conn)
		time.Sleep(2 * time.Minute)
		leg.Decide(call.ReferralFailed)
		leg.HangUp()
		_, err := w.Create(bg, calling(bPhone))
		w.must(err)
		w.dialled().Refuse(call.Busy, 486, "Busy Here")
	})
}

// breaksDown has a call break that has a connection.
func (w *world) breaksDown(f *faults, conn *call.Connection) {
	w.Helper()
	f.at("announce")
	if _, err := conn.Add(bg, call.Add{Who: identifier.NewUser(resource)}); err == nil {
		w.Error("the command that panicked has succeeded")
	}
	synctest.Wait()
}

// slowDialer dials when its test lets it.
type slowDialer struct {
	call.Dialer
	let chan struct{}
}

func (d slowDialer) Dial(ctx context.Context, in call.Invitation, report func(call.Report)) (call.Leg, error) {
	<-d.let
	return d.Dialer.Dial(ctx, in, report)
}

// TestLegThatIsDialledForACallThatWasGivenUpIsEnded: its call broke, and nobody waits for it any more.
func TestLegThatIsDialledForACallThatWasGivenUpIsEnded(t *testing.T) {
	run(t, func(w *world) {
		w.guarded(permit.Guard{Name: "one", Prefixes: []string{bPhone}, Concurrent: 1})
		f := w.faulty()
		slow := slowDialer{w.dialer, make(chan struct{})}
		w.config.Dialers.Numbers = slow
		w.restart()
		_, conn, _ := w.answered()
		_, err := conn.Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone)})
		w.must(err)
		w.breaksDown(f, conn)
		time.Sleep(2 * time.Minute)
		close(slow.let)
		w.overBy(w.dialled(), call.Failed)
		_, err = w.Create(bg, calling(bPhone))
		w.must(err)
		w.dialled().Refuse(call.Busy, 486, "Busy Here")
	})
}
