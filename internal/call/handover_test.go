package call_test

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
)

const cPhone = "+15551230003"

func blind(number string) call.TransferWanted { return call.TransferWanted{To: phone(number)} }

// told asks what a phone hears of its transfer.
func (w *world) told(what string, told <-chan call.Referral, want ...call.ReferralOutcome) call.Referral {
	w.Helper()
	synctest.Wait()
	var last call.Referral
	for _, outcome := range want {
		if len(told) == 0 {
			w.Fatalf("%s: nothing more was told, want outcome %d", what, outcome)
		}
		if last = <-told; last.Outcome != outcome {
			w.Fatalf("%s: told %+v, want outcome %d", what, last, outcome)
		}
	}
	if len(told) != 0 {
		w.Errorf("%s: told %+v besides", what, <-told)
	}
	return last
}

// ids lists the participants of a connection's last roster.
func (w *world) ids(connection string) (list []identifier.ID) {
	w.Helper()
	synctest.Wait()
	events := w.published.Events(connection)
	for i := len(events) - 1; i >= 0; i-- {
		if roster, ok := events[i].(call.ParticipantsUpdated); ok {
			for _, p := range roster.Participants {
				list = append(list, p.ID)
			}
			return list
		}
	}
	w.Fatal("no roster yet")
	return nil
}

func has(list []identifier.ID, who identifier.ID) bool {
	for _, id := range list {
		if id == who {
			return true
		}
	}
	return false
}

func gone(leg *calltest.Leg) bool { _, ended := leg.Why(); return ended }

// TestPhoneHandsItsCallOver: whom it names takes its place beside the application.
func TestPhoneHandsItsCallOver(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		want := blind(bPhone)
		want.SIPHeaders = map[string]string{"User-To-User": "x"}
		told := leg.HandOver(want, nil)
		target := <-w.dialer.Dialled
		if in := target.Invitation; in.From != phone(ourPhone) || in.SIPHeaders["User-To-User"] != "x" {
			t.Errorf("the target is called as %+v", in)
		}
		target.Alert()
		w.told("ringing", told, call.ReferralRinging)
		w.expect(id, connected)
		second := leg.HandOver(blind(cPhone), nil)
		w.told("a second one meanwhile", second, call.ReferralDeclined)
		target.PickUp()
		w.told("answered", told, call.ReferralAnswered)
		w.expect(id, connected+" ParticipantsUpdated")
		if ids := w.ids(id); len(ids) != 2 || !has(ids, phone(bPhone)) || !gone(leg) {
			t.Errorf("the roster is %v, the phone gone: %t", ids, gone(leg))
		}
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(2 * time.Second)
		if target.Heard() != 50 {
			t.Errorf("the target heard %d frames of 50", target.Heard())
		}
		target.HangUp()
		w.expect(id, connected+" ParticipantsUpdated PlayStarted PlayCompleted CallDisconnected")
	})
}

// TestHandOverThatFailsLeavesTheCallWhole: for who stays, and for who asked.
func TestHandOverThatFailsLeavesTheCallWhole(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		told := leg.HandOver(blind(bPhone), nil)
		(<-w.dialer.Dialled).Refuse(call.Busy, 486, "Busy Here")
		if why := w.told("busy", told, call.ReferralFailed).Reason; why.SIP.Code != 486 {
			t.Errorf("told %+v", why)
		}
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(2 * time.Second)
		w.expect(id, connected+" PlayStarted PlayCompleted")
		if leg.Heard() != 50 {
			t.Errorf("%d frames heard", leg.Heard())
		}
		told = leg.HandOver(blind(bPhone), nil) // and it may try again
		(<-w.dialer.Dialled).PickUp()
		w.told("the second try", told, call.ReferralAnswered)
		w.must(conn.HangUp(bg))
	})
}

// TestPhoneLeavesBeforeItsSuccessorComes: most phones hang up as soon as their
// REFER is accepted.
func TestPhoneLeavesBeforeItsSuccessorComes(t *testing.T) {
	t.Run("he comes", func(t *testing.T) {
		run(t, func(w *world) {
			leg, conn, id := w.answered()
			leg.HandOver(blind(bPhone), nil)
			target := <-w.dialer.Dialled
			leg.HangUp()
			w.expect(id, connected+" ParticipantsUpdated")
			target.PickUp()
			w.expect(id, connected+" ParticipantsUpdated ParticipantsUpdated")
			if ids := w.ids(id); len(ids) != 2 || !has(ids, phone(bPhone)) {
				t.Errorf("the roster is %v", ids)
			}
			w.must(conn.HangUp(bg))
			synctest.Wait()
			if !gone(target) {
				t.Error("the successor is left alone")
			}
		})
	})
	t.Run("he does not come", func(t *testing.T) {
		run(t, func(w *world) {
			leg, _, id := w.answered()
			leg.HandOver(blind(bPhone), nil)
			target := <-w.dialer.Dialled
			leg.HangUp()
			target.Refuse(call.Busy, 486, "Busy Here")
			w.expect(id, connected+" ParticipantsUpdated CallDisconnected")
			const text = "the phone left its call to somebody who did not take it"
			if why := w.last(id).(call.CallDisconnected).Reason; why.Kind != call.EndedByPeer || why.Text != text {
				t.Errorf("reason is %+v", why)
			}
		})
	})
	t.Run("the application leaves too", func(t *testing.T) {
		run(t, func(w *world) {
			leg, conn, _ := w.answered()
			leg.HandOver(blind(bPhone), nil)
			target := <-w.dialer.Dialled
			leg.HangUp()
			synctest.Wait()
			w.must(conn.HangUp(bg))
			synctest.Wait()
			if !gone(target) {
				t.Error("the target still rings")
			}
		})
	})
}

// TestHandOverInAGroup: the others stay with the successor.
func TestHandOverInAGroup(t *testing.T) {
	run(t, func(w *world) {
		first, second, conn, id := w.added()
		told := second.HandOver(blind(cPhone), nil)
		(<-w.dialer.Dialled).PickUp()
		w.told("group", told, call.ReferralAnswered)
		if ids := w.ids(id); len(ids) != 3 || !has(ids, phone(cPhone)) || has(ids, phone(bPhone)) || !has(ids, phone(aPhone)) {
			t.Errorf("the roster is %v", ids)
		}
		if gone(first) || !gone(second) {
			t.Error("the wrong phone left")
		}
		w.must(conn.Terminate(bg))
	})
}

// TestHandOverBetweenPhones: no application is left in the call; the successor
// sees the phone that he talks to.
func TestHandOverBetweenPhones(t *testing.T) {
	run(t, func(w *world) {
		caller, conn, _ := w.answered()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
		middle := <-w.dialer.Dialled
		middle.PickUp()
		synctest.Wait()
		told := middle.HandOver(blind(cPhone), nil)
		last := <-w.dialer.Dialled
		if from := last.Invitation.From; from != phone(aPhone) || !last.Invitation.Forwarded {
			t.Errorf("the successor sees %s", from)
		}
		last.PickUp()
		w.told("between phones", told, call.ReferralAnswered)
		if gone(caller) || !gone(middle) || w.Active() != 1 {
			t.Error("the wrong phone left")
		}
		last.HangUp()
		synctest.Wait()
		if !gone(caller) {
			t.Error("the caller is left alone")
		}
	})
}

// TestWhomAPhoneMayNotBringIn, and whom it may where nothing may cost.
func TestWhomAPhoneMayNotBringIn(t *testing.T) {
	stranger, err := identifier.Parse("8:acs:99999999-2222-4333-8444-555555555555_00000001-0000-0000-0000-000000000002")
	if err != nil {
		t.Fatal(err)
	}
	user := identifier.NewUser(resource)
	for _, test := range []struct {
		name  string
		want  call.TransferWanted
		kind  call.ReasonKind // Normal: it may
		rules bool
	}{
		{"a number that costs", call.TransferWanted{To: phone(bPhone), Free: true}, call.Forbidden, false},
		{"a number that a guard forbids", blind("+19005550100"), call.Forbidden, true},
		{"an identity of another resource", call.TransferWanted{To: stranger}, call.Forbidden, false},
		{"who is in the call", blind(aPhone), call.Failed, false},
		{"a number of ours", call.TransferWanted{To: phone(ourPhone), Free: true}, call.Normal, false},
		{"an identity", call.TransferWanted{To: user, Free: true}, call.Normal, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, func(w *world) {
				if test.rules {
					w.guarded(permit.Guard{Name: "premium", Prefixes: []string{"+1900"}, Deny: true})
				}
				leg, conn, id := w.answered()
				told := leg.HandOver(test.want, nil)
				synctest.Wait()
				if test.kind != call.Normal {
					if got := w.told(test.name, told, call.ReferralFailed); got.Reason.Kind == call.Normal || test.kind != call.Failed && got.Reason.Kind != test.kind {
						t.Errorf("told %+v", got.Reason)
					}
					w.expect(id, connected)
					w.must(conn.HangUp(bg))
					return
				}
				in := <-w.announcer.Calls
				if in.To != test.want.To {
					t.Errorf("announced for %s", in.To)
				}
				_, err := w.Answer(bg, in.Context, identifier.ID{}, control)
				w.must(err)
				synctest.Wait()
				var last call.Referral
				for len(told) > 0 {
					last = <-told
				}
				if last.Outcome != call.ReferralAnswered || !gone(leg) {
					t.Errorf("told %+v at last", last)
				}
				w.must(conn.HangUp(bg))
			})
		})
	}
}

// stepsSeen is a watcher that remembers steps of one kind.
type stepsSeen struct {
	step call.LegStep
	mu   sync.Mutex
	seen []call.LegNews
}

func (s *stepsSeen) Leg(n call.LegNews) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n.What == s.step {
		s.seen = append(s.seen, n)
	}
}

// TestRefusedInvitationsAreSeen: who looks into a call learns whom a phone wanted called
// in vain, and why.
func TestRefusedInvitationsAreSeen(t *testing.T) {
	run(t, func(w *world) {
		w.guarded(permit.Guard{Name: "premium", Prefixes: []string{"+1900"}, Deny: true})
		seen := &stepsSeen{step: call.LegRefused}
		w.watcher = seen
		w.Registry = w.remake(false)
		leg, conn, _ := w.answered()
		leg.HandOver(blind("+19005550100"), nil)
		synctest.Wait()
		w.must(conn.HangUp(bg))
		one, two := w.joinsRoom(ann, call.Presenter), w.joinsRoom(bob, call.Presenter)
		if err := one.wants(call.AddWish{Who: phone("+19005550101"), Follow: func(call.Referral) {}}); err == nil {
			t.Error("a room without dial-out was granted a phone")
		}
		w.leave(one, two)
		if len(seen.seen) != 2 {
			t.Fatalf("seen: %+v", seen.seen)
		}
		if first := seen.seen[0]; first.Who != phone(aPhone) || first.Reason.Kind != call.Forbidden || !strings.Contains(first.Reason.Text, "+19005550100") || !strings.Contains(first.Reason.Text, "premium") {
			t.Errorf("seen: %+v", first)
		}
	})
}
