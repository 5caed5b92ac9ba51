package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
)

// dialled is the next leg that was dialled.
func (w *world) dialled() *calltest.Leg {
	w.Helper()
	synctest.Wait()
	select {
	case leg := <-w.dialer.Dialled:
		return leg
	default:
		w.Fatal("nobody was called")
		return nil
	}
}

// nobodyIsDialled asks that no leg was.
func (w *world) nobodyIsDialled() {
	w.Helper()
	synctest.Wait()
	if len(w.dialer.Dialled) != 0 {
		w.Errorf("called: %+v", (<-w.dialer.Dialled).Invitation)
	}
}

// TestForwardedCallRingsElsewhere, beside the other telephones: who takes it first has it.
func TestForwardedCallRingsElsewhere(t *testing.T) {
	run(t, func(w *world) {
		w.desks()
		conn, id := w.create(ann)
		legs := w.ringing(2)
		legs[0].Forward(call.ForwardWanted{To: phone(bPhone), CallerID: phone(ourPhone)})
		mobile := w.dialled()
		if in := mobile.Invitation; in.To != phone(bPhone) || in.From != phone(ourPhone) || in.By != ann.Raw() || len(in.Diverted) != 1 || in.Diverted[0] != ann {
			t.Errorf("called is %+v", in)
		}
		mobile.PickUp()
		w.expect(id, connected)
		w.silent(legs[1], 200)
		if ids := w.ids(id); len(ids) != 2 || !has(ids, phone(bPhone)) {
			t.Errorf("the roster is %v", ids)
		}
		w.must(conn.HangUp(bg))
	})
}

// TestCallIsForwardedToAColleague, whose telephones ring; one of them sends it on as well.
func TestCallIsForwardedToAColleague(t *testing.T) {
	run(t, func(w *world) {
		w.devices[ann], w.devices[ben] = []string{"kitchen"}, []string{"desk", "home"}
		w.announcer.Listeners = 0
		caller := calltest.Inbound()
		report, err := w.Incoming(call.Invitation{From: identifier.User(resource, "eve"), To: ann}, caller)
		w.must(err)
		caller.Told(report)
		w.ringing(1)[0].Forward(call.ForwardWanted{To: ben})
		legs := []*calltest.Leg{w.dialled(), w.dialled()}
		legs[0].Forward(call.ForwardWanted{To: ann}) // a ring, and nobody is called twice
		w.nobodyIsDialled()
		legs[1].PickUp()
		synctest.Wait()
		if gone(caller) || gone(legs[1]) {
			t.Error("the call ended")
		}
		caller.HangUp()
		synctest.Wait()
		if !gone(legs[1]) {
			t.Error("the call goes on")
		}
	})
}

// TestForwardThatIsNotPermittedIsARefusal, and the bound of time is that of the first ring.
func TestForwardThatIsNotPermittedIsARefusal(t *testing.T) {
	run(t, func(w *world) {
		w.devices[ann] = []string{"kitchen"}
		w.announcer.Listeners = 0
		for name, want := range map[string]call.ForwardWanted{
			"without a caller id": {To: phone(bPhone)},
			"to itself":           {To: ann},
			"to a stranger":       {To: identifier.User("99999999-2222-4333-8444-555555555555", "x"), CallerID: phone(ourPhone)},
			"to no telephone":     {To: ben},
		} {
			_, id := w.create(ann)
			w.ringing(1)[0].Forward(want)
			w.nobodyIsDialled()
			w.expect(id, "CreateCallFailed CallDisconnected")
			if why := w.last(id).(call.CallDisconnected).Reason; why.SIP.Code != 302 {
				t.Errorf("%s: ended by %+v", name, why)
			}
		}
		_, id := w.create(ann)
		leg := w.ringing(1)[0]
		time.Sleep(80 * time.Second)
		leg.Forward(call.ForwardWanted{To: phone(bPhone), CallerID: phone(ourPhone)})
		mobile := w.dialled()
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if why, over := mobile.Why(); !over || why.Kind != call.NoAnswer {
			t.Errorf("it rings on: %t, %+v", over, why)
		}
		w.expect(id, "CreateCallFailed CallDisconnected")
	})
}

// TestForwardAsksTheGuards as every call that leaves the resource.
func TestForwardAsksTheGuards(t *testing.T) {
	run(t, func(w *world) {
		w.devices[ann] = []string{"kitchen"}
		w.announcer.Listeners = 0
		w.guarded(permit.Guard{Name: "none", Prefixes: []string{bPhone}, Deny: true})
		_, id := w.create(ann)
		w.ringing(1)[0].Forward(call.ForwardWanted{To: phone(bPhone), CallerID: phone(ourPhone)})
		w.nobodyIsDialled()
		w.expect(id, "CreateCallFailed CallDisconnected")
	})
}

// TestForwardsAndRedirectsEnd: a telephone forwards to a number of ours, and the application
// there redirects to the telephone's user, and so on.
func TestForwardsAndRedirectsEnd(t *testing.T) {
	run(t, func(w *world) {
		w.devices[ann] = []string{"kitchen"}
		_, id := w.create(ann)
		<-w.announcer.Calls
		for n := range 20 {
			w.ringing(1)[0].Forward(call.ForwardWanted{To: phone(ourPhone)})
			synctest.Wait()
			if len(w.announcer.Calls) == 0 {
				break
			}
			if n == 19 {
				t.Error("the loop goes on")
				w.endAll()
				return
			}
			if err := w.Redirect(bg, (<-w.announcer.Calls).Context, call.Redirect{Target: ann, By: permit.PrimaryKey}); err != nil {
				break
			}
			<-w.announcer.Calls // of ann
		}
		time.Sleep(2 * time.Minute)
		w.expect(id, "CreateCallFailed CallDisconnected")
	})
}

// TestForwardsToALineEnd: a telephone forwards to a number that its own user stands in for.
func TestForwardsToALineEnd(t *testing.T) {
	run(t, func(w *world) {
		const line = "+15550177001"
		w.devices[ann], w.lines[line] = []string{"kitchen"}, ann
		_, id := w.create(ann)
		rung := 0
		for synctest.Wait(); len(w.dialer.Dialled) > 0 && rung < 30; rung++ {
			(<-w.dialer.Dialled).Forward(call.ForwardWanted{To: phone(line), CallerID: phone(ourPhone)})
			synctest.Wait()
		}
		if rung < 2 || rung > 15 {
			t.Errorf("the telephone rang %d times", rung)
		}
		time.Sleep(2 * time.Minute)
		w.expect(id, "CreateCallFailed CallDisconnected")
	})
}

// TestForwardsCountAmongTheCallsOfTheirUser, until they have ended.
func TestForwardsCountAmongTheCallsOfTheirUser(t *testing.T) {
	run(t, func(w *world) {
		w.perUser(1)
		w.devices[ann] = []string{"kitchen"}
		w.announcer.Listeners = 0
		forward := func() {
			w.create(ann)
			w.ringing(1)[0].Forward(call.ForwardWanted{To: phone(bPhone), CallerID: phone(ourPhone)})
		}
		forward()
		mobile := w.dialled()
		mobile.PickUp()
		forward()
		w.nobodyIsDialled()
		mobile.HangUp()
		synctest.Wait()
		forward()
		w.dialled().Refuse(call.Busy, 486, "Busy Here")
		synctest.Wait()
		forward()
		w.dialled()
		w.endAll()
	})
}
