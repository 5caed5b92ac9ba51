package call_test

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
)

var (
	ann = identifier.User(resource, "ann")
	ben = identifier.User(resource, "ben")
)

// desks gives ann two telephones.
func (w *world) desks() { w.devices[ann] = []string{"kitchen", "office"} }

// ringing takes the telephones that ring, in the order of their names.
func (w *world) ringing(n int) []*calltest.Leg {
	w.Helper()
	synctest.Wait()
	legs := make([]*calltest.Leg, n)
	for range n {
		select {
		case leg := <-w.dialer.Dialled:
			at := 0
			for i, device := range w.devices[leg.Invitation.To] {
				if device == leg.Invitation.Device {
					at = i
				}
			}
			legs[at] = leg
		default:
			w.Fatalf("fewer than %d telephones ring", n)
		}
	}
	return legs
}

// silent asks that a telephone stopped ringing because of a status.
func (w *world) silent(leg *calltest.Leg, status int) {
	w.Helper()
	synctest.Wait()
	if why, over := leg.Why(); !over || why.SIP.Code != status {
		w.Errorf("the telephone ended: %t, %+v; want %d", over, why, status)
	}
}

func TestUsersTelephonesRingAndTheFirstTakesTheCall(t *testing.T) {
	run(t, func(w *world) {
		w.desks()
		conn, id := w.create(ann)
		legs := w.ringing(2)
		in := <-w.announcer.Calls
		legs[1].PickUp()
		w.expect(id, connected)
		w.silent(legs[0], 200)
		list, err := conn.Participants(bg)
		if err != nil || len(list) != 2 || list[1].ID != ann {
			t.Errorf("participants %+v, %v", list, err)
		}
		if _, err := w.Answer(bg, in.Context, identifier.ID{}, control); !fault.Is(err, fault.KindConflict) {
			t.Errorf("an application answered what was answered: %v", err)
		}
		w.conversations.expect(t, "started by "+list[0].ID.Raw(), "added "+ann.Raw())
		legs[1].HangUp()
		w.expect(id, connected+" CallDisconnected")
		if w.conversations.ending.By != ann {
			t.Errorf("ended by %s", w.conversations.ending.By)
		}
	})
}

func TestApplicationIsFasterThanTheTelephones(t *testing.T) {
	run(t, func(w *world) {
		w.desks()
		_, id := w.create(ann)
		legs := w.ringing(2)
		_, err := w.Answer(bg, (<-w.announcer.Calls).Context, identifier.ID{}, control)
		w.must(err)
		for _, leg := range legs {
			w.silent(leg, 200)
		}
		w.expect(id, connected)
		conn, err := w.Connection(id)
		w.must(err)
		w.must(conn.Terminate(bg))
	})
}

func TestAnswerThatCrossesTheEndIsNotHeard(t *testing.T) {
	run(t, func(w *world) {
		w.devices[ann] = []string{"kitchen"}
		conn, id := w.create(ann)
		late := w.ringing(1)[0]
		late.Slow = true
		_, err := w.Answer(bg, (<-w.announcer.Calls).Context, identifier.ID{}, control)
		w.must(err)
		late.PickUp()
		synctest.Wait()
		if list, err := conn.Participants(bg); err != nil || len(list) != 2 {
			t.Errorf("participants %v, %v", list, err)
		}
		late.HangUp()
		w.expect(id, connected)
		w.must(conn.Terminate(bg))
	})
}

func TestOnlySoManyTelephonesRing(t *testing.T) {
	run(t, func(w *world) {
		for i := range 30 {
			w.devices[ann] = append(w.devices[ann], string(rune('a'+i)))
		}
		conn, _ := w.create(ann)
		synctest.Wait()
		rung := 0
		for more := true; more; {
			select {
			case <-w.dialer.Dialled:
				rung++
				synctest.Wait()
			default:
				more = false
			}
		}
		if rung != 20 {
			t.Errorf("%d telephones ring", rung)
		}
		w.must(conn.Terminate(bg))
	})
}

// TestOneOfAllTakesTheCall lets two telephones and an application answer at once.
func TestOneOfAllTakesTheCall(t *testing.T) {
	for range 50 {
		run(t, func(w *world) {
			w.desks()
			conn, id := w.create(ann)
			legs, in := w.ringing(2), <-w.announcer.Calls
			taken := make(chan error, 1)
			go legs[0].PickUp()
			go legs[1].PickUp()
			go func() {
				_, err := w.Answer(bg, in.Context, identifier.ID{}, control)
				taken <- err
			}()
			w.expect(id, connected)
			inside := 0
			for _, leg := range legs {
				if _, over := leg.Why(); !over {
					inside++
				}
			}
			if err := <-taken; err == nil {
				inside++
			}
			if list, err := conn.Participants(bg); inside != 1 || err != nil || len(list) != 2 {
				t.Errorf("%d took the call; participants %v, %v", inside, list, err)
			}
			w.must(conn.Terminate(bg))
		})
	}
}

func TestTelephonesStopWhenAnApplicationDecides(t *testing.T) {
	for name, test := range map[string]struct {
		decide func(*world, string) error
		status int
	}{
		"reject":   {func(w *world, context string) error { return w.Reject(bg, context, call.Busy) }, 603},
		"redirect": {func(w *world, context string) error { return w.Redirect(bg, context, call.Redirect{Target: ben}) }, 302},
	} {
		run(t, func(w *world) {
			w.desks()
			w.create(ann)
			legs := w.ringing(2)
			w.must(test.decide(w, (<-w.announcer.Calls).Context))
			for _, leg := range legs {
				w.silent(leg, test.status)
			}
			if name == "redirect" {
				if in := <-w.announcer.Calls; in.To != ben {
					t.Errorf("redirected to %s", in.To)
				}
			}
			time.Sleep(time.Minute)
		})
	}
}

func TestTelephonesThatRefuseLeaveTheApplicationItsTime(t *testing.T) {
	run(t, func(w *world) {
		w.desks()
		_, id := w.create(ann)
		legs := w.ringing(2)
		legs[0].Refuse(call.Busy, 486, "Busy Here")
		legs[1].Refuse(call.Declined, 603, "Decline")
		time.Sleep(29 * time.Second)
		w.expect(id, "")
		time.Sleep(time.Second)
		w.expect(id, "CreateCallFailed CallDisconnected")
		if why := w.last(id).(call.CallDisconnected).Reason; why.Kind != call.Declined || !why.Client {
			t.Errorf("reason is %+v", why)
		}
	})
}

func TestTelephonesRingLongerThanApplications(t *testing.T) {
	run(t, func(w *world) {
		w.desks()
		_, id := w.create(ann)
		legs, in := w.ringing(2), <-w.announcer.Calls
		time.Sleep(31 * time.Second)
		if _, err := w.Answer(bg, in.Context, identifier.ID{}, control); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("an application answered after its time: %v", err)
		}
		time.Sleep(53 * time.Second)
		w.expect(id, "")
		time.Sleep(2 * time.Second)
		w.expect(id, "CreateCallFailed CallDisconnected")
		for _, leg := range legs {
			if why, over := leg.Why(); !over || why.Kind != call.NoAnswer {
				t.Errorf("the telephone ended: %t, %+v", over, why)
			}
		}
	})
}

func TestWithoutApplicationsTelephonesDecide(t *testing.T) {
	run(t, func(w *world) {
		w.desks()
		w.announcer.Listeners = 0
		caller := calltest.Inbound()
		report, err := w.Incoming(call.Invitation{From: ben, To: ann, DisplayName: "Ben"}, caller)
		w.must(err)
		caller.Told(report)
		legs := w.ringing(2)
		if from := legs[0].Invitation; from.From != ben || from.DisplayName != "Ben" || !caller.Rung() {
			t.Errorf("it rings for %+v", from)
		}
		legs[0].PickUp()
		w.silent(legs[1], 200)
		w.conversations.expect(t, "started by "+ben.Raw(), "added "+ann.Raw(), "added "+ben.Raw())
		caller.HangUp()
		synctest.Wait()
		if _, over := legs[0].Why(); !over {
			t.Error("the call of two telephones did not end")
		}

		caller = calltest.Inbound()
		report, err = w.Incoming(call.Invitation{From: ben, To: ann}, caller)
		w.must(err)
		caller.Told(report)
		for _, leg := range w.ringing(2) {
			leg.Refuse(call.Busy, 486, "Busy Here")
		}
		w.silent(caller, 486)
	})
}

// TestUsersTelephonesCallEmergencyServices asks that no telephone is too poor for that, and which
// number the service sees.
func TestUsersTelephonesCallEmergencyServices(t *testing.T) {
	run(t, func(w *world) {
		w.guarded(permit.Guard{Name: "no phone", By: []string{ann.Raw()}, Except: []string{aPhone}, Deny: true})
		w.config.Overloaded = func() bool { return true }
		w.Registry = call.NewRegistry(w.config, slog.New(slog.DiscardHandler))
		if _, err := w.Incoming(call.Invitation{From: ann, To: phone(aPhone), CallerID: phone(ourPhone)}, calltest.Inbound()); !fault.Is(err, fault.KindBusy) {
			t.Errorf("another call while there is too much to do: %v", err)
		}
		for name, test := range map[string]struct {
			callerID identifier.ID
			shown    identifier.ID
		}{
			"its caller id":                 {phone(ourPhone), phone(ourPhone)},
			"none":                          {identifier.ID{}, phone(ourPhone)},
			"a number that is ours no more": {phone(bPhone), phone(ourPhone)},
		} {
			leg := calltest.Inbound()
			report, err := w.Incoming(call.Invitation{From: ann, To: phone("112"), By: ann.Raw(), CallerID: test.callerID, Withheld: true}, leg)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			leg.Told(report)
			synctest.Wait()
			callee := <-w.dialer.Dialled
			if in := callee.Invitation; in.From != test.shown || in.Withheld {
				t.Errorf("%s: dialled %+v", name, in)
			}
		}
		w.endAll()
	})
}

func TestUsersTelephonesCall(t *testing.T) {
	run(t, func(w *world) {
		calls := func(in call.Invitation) (*calltest.Leg, error) {
			leg := calltest.Inbound()
			report, err := w.Incoming(in, leg)
			leg.Told(report)
			return leg, err
		}
		for name, test := range map[string]struct {
			in   call.Invitation
			kind fault.Kind
			says string
		}{
			"no caller id":             {call.Invitation{From: ann, To: phone(aPhone)}, fault.KindForbidden, "no caller id"},
			"a caller id that is gone": {call.Invitation{From: ann, To: phone(aPhone), CallerID: phone(bPhone)}, fault.KindForbidden, "not an owned number"},
			"itself":                   {call.Invitation{From: ann, To: ann}, fault.KindForbidden, "itself"},
			"another resource":         {call.Invitation{From: ann, To: identifier.User("other", "x")}, fault.KindNotFound, ""},
			"nobody":                   {call.Invitation{From: ann, To: phone("nobody")}, fault.KindNotFound, ""},
		} {
			if _, err := calls(test.in); fault.Of(err) == nil || fault.Of(err).Kind != test.kind || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
		own, err := calls(call.Invitation{From: ann, To: phone(ourPhone)})
		w.must(err)
		in := <-w.announcer.Calls
		if in.From != ann || in.To != phone(ourPhone) {
			t.Errorf("announced is %+v", in.Invitation)
		}
		w.must(w.Reject(bg, in.Context, call.Busy))
		w.silent(own, 0)

		out, err := calls(call.Invitation{From: ann, To: phone(aPhone), CallerID: phone(ourPhone)})
		w.must(err)
		synctest.Wait()
		callee := <-w.dialer.Dialled
		if in := callee.Invitation; in.From != phone(ourPhone) || in.By != ann.Raw() || out.Rung() {
			t.Errorf("dialled %+v, rung %t", in, out.Rung())
		}
		callee.Alert()
		synctest.Wait()
		if !out.Rung() {
			t.Error("the caller does not hear it ring")
		}
		callee.PickUp()
		synctest.Wait()
		w.conversations.expect(t, "started by "+ann.Raw(), "added "+ann.Raw())
		callee.HangUp()
		synctest.Wait()
		if _, over := out.Why(); !over {
			t.Error("the caller is left alone")
		}
	})
}

func TestGroupOfUsersGoesOnWithoutItsApplication(t *testing.T) {
	run(t, func(w *world) {
		w.devices[ann], w.devices[ben] = []string{"a"}, []string{"b"}
		p, err := w.Create(bg, call.Create{Targets: []identifier.ID{ann, ben}, Control: control})
		w.must(err)
		synctest.Wait()
		legs := []*calltest.Leg{<-w.dialer.Dialled, <-w.dialer.Dialled}
		for _, leg := range legs {
			leg.PickUp()
		}
		synctest.Wait()
		conn, err := w.Connection(p.ID)
		w.must(err)
		w.must(conn.HangUp(bg))
		time.Sleep(time.Minute)
		if _, over := legs[0].Why(); over {
			t.Error("the users' call ended with its application")
		}
		legs[0].HangUp()
		synctest.Wait()
		if _, over := legs[1].Why(); !over {
			t.Error("one user is left alone")
		}
	})
}
