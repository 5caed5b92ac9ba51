package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
)

// TestPhoneWhoseReferIsAnsweredIsLetGo, for it transfers the call by itself.
func TestPhoneWhoseReferIsAnsweredIsLetGo(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		asked := leg.TakesRefer()
		headers := map[string]string{"User-To-User": "x"}
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone), SIPHeaders: headers, Context: call.Context{Operation: "mine"}}))
		refer := <-asked
		if refer.Invitation.To != phone(bPhone) || refer.Invitation.From != phone(aPhone) || refer.Invitation.SIPHeaders["User-To-User"] != "x" || refer.Patience != time.Minute {
			t.Errorf("asked %+v", refer)
		}
		w.expect(id, connected) // accepted is not answered
		if _, ended := leg.Why(); ended {
			t.Error("the phone was hung up on before it had called anybody")
		}
		refer.Told(call.Referral{Outcome: call.ReferralAnswered})
		w.expect(id, connected+" CallTransferAccepted CallDisconnected")
		events := w.published.Events(id)
		if e := events[len(events)-2].(call.CallTransferAccepted); e.Target != phone(bPhone) || e.Transferee != phone(aPhone) || e.Operation.Context != "mine" {
			t.Errorf("accepted %+v", e)
		}
		if _, ended := leg.Why(); !ended || len(w.dialer.Dialled) != 0 || w.Active() != 0 {
			t.Errorf("ended %t, %d dialled, %d calls left", ended, len(w.dialer.Dialled), w.Active())
		}
	})
}

func TestCallWhoseReferFailsIsWhole(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		asked := leg.TakesRefer()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
		(<-asked).Told(call.Referral{Outcome: call.ReferralFailed, Reason: call.Reason{Kind: call.Busy, SIP: call.Status{Code: 486, Phrase: "Busy Here"}}})
		w.expect(id, connected+" CallTransferFailed")
		if why := w.last(id).(call.CallTransferFailed).Reason; why.SIP.Code != 486 {
			t.Errorf("reason is %+v", why)
		}
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(2 * time.Second)
		w.expect(id, connected+" CallTransferFailed PlayStarted PlayCompleted")
		if leg.Heard() != 50 || len(w.dialer.Dialled) != 0 {
			t.Errorf("%d frames heard, %d dialled", leg.Heard(), len(w.dialer.Dialled))
		}
		leg.HangUp()
	})
}

func TestTargetOfADeclinedReferIsCalledByUs(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		asked := leg.TakesRefer()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
		(<-asked).Told(call.Referral{Outcome: call.ReferralDeclined})
		(<-w.dialer.Dialled).PickUp()
		w.expect(id, connected+" CallTransferAccepted CallDisconnected")
		if _, ended := leg.Why(); ended {
			t.Error("the phone was hung up on")
		}
		leg.HangUp()
	})
}

func TestDeclinedReferAfterTheApplicationLeftCallsNobody(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		asked := leg.TakesRefer()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
		refer := <-asked
		w.must(conn.HangUp(bg))
		w.expect(id, connected+" CallTransferFailed CallDisconnected")
		refer.Told(call.Referral{Outcome: call.ReferralDeclined})
		synctest.Wait()
		if len(w.dialer.Dialled) != 0 {
			t.Error("the target is called")
		}
	})
}

// TestReferredMemberLeavesTheGroup: it goes, and the others hear of it.
func TestReferredMemberLeavesTheGroup(t *testing.T) {
	run(t, func(w *world) {
		first, second, conn, id := w.added()
		asked := second.TakesRefer()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone("+15551230003"), Transferee: phone(bPhone)}))
		(<-asked).Told(call.Referral{Outcome: call.ReferralAnswered})
		w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated CallTransferAccepted ParticipantsUpdated")
		if list := w.last(id).(call.ParticipantsUpdated).Participants; len(list) != 2 {
			t.Errorf("the roster is %v", list)
		}
		if _, ended := second.Why(); !ended {
			t.Error("the phone that was transferred is still ours")
		}
		first.HangUp()
	})
}

// TestGroupGoesOnAfterATransferThatBeganBeforeIt: somebody was added while the phone called
// the target; the application controls the group as before.
func TestGroupGoesOnAfterATransferThatBeganBeforeIt(t *testing.T) {
	run(t, func(w *world) {
		first, conn, _ := w.answered()
		asked := first.TakesRefer()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone("+15551230003")}))
		refer := <-asked
		second := w.addPhone(conn, bPhone)
		third := w.addPhone(conn, "+15551230004")
		refer.Told(call.Referral{Outcome: call.ReferralAnswered})
		synctest.Wait()
		if p, err := conn.Properties(bg); err != nil || p.State != call.Connected {
			t.Errorf("the connection is %s, %v", p.State, err)
		}
		asked = second.TakesRefer()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone("+15551230003"), Transferee: phone(bPhone)}))
		(<-asked).Told(call.Referral{Outcome: call.ReferralFailed})
		second.HangUp()
		third.HangUp()
	})
}

// TestWhoMayNotLeaveUs: what a REFER cannot carry, or would take from somebody,
// is done by a leg of ours.
func TestWhoMayNotLeaveUs(t *testing.T) {
	for name, test := range map[string]func(w *world, conn *call.Connection) call.Transfer{
		"another caller id": func(*world, *call.Connection) call.Transfer {
			return call.Transfer{Target: phone(bPhone), CallerID: phone(ourPhone)}
		},
		"a number of ours": func(*world, *call.Connection) call.Transfer { return call.Transfer{Target: phone(ourPhone)} },
		"an identity": func(*world, *call.Connection) call.Transfer {
			return call.Transfer{Target: identifier.NewUser(resource)}
		},
		"a second application": func(w *world, conn *call.Connection) call.Transfer {
			p, err := conn.Properties(bg)
			w.must(err)
			_, err = w.Connect(bg, call.Locator{ServerCallID: p.ServerCallID}, control)
			w.must(err)
			return call.Transfer{Target: phone(bPhone)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				leg, conn, _ := w.answered()
				asked := leg.TakesRefer()
				w.must(conn.Transfer(bg, test(w, conn)))
				synctest.Wait()
				if len(asked) != 0 {
					t.Error("the phone was asked to call by itself")
				}
				if len(w.dialer.Dialled)+len(w.announcer.Calls) != 1 {
					t.Error("nobody is called")
				}
				leg.HangUp()
				if len(w.dialer.Dialled) == 1 {
					(<-w.dialer.Dialled).End(call.Reason{})
				}
				drain(w)
			})
		})
	}
}

// drain forgets what was announced.
func drain(w *world) {
	synctest.Wait()
	for len(w.announcer.Calls) > 0 {
		<-w.announcer.Calls
	}
}

// TestTransferRingsForAMinute and no longer.
func TestTransferRingsForAMinute(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
		target := <-w.dialer.Dialled
		time.Sleep(59 * time.Second)
		w.expect(id, connected)
		time.Sleep(2 * time.Second)
		w.expect(id, connected+" CallTransferFailed")
		if _, ended := target.Why(); !ended || w.last(id).(call.CallTransferFailed).Reason.Kind != call.NoAnswer {
			t.Error("the target still rings, or for another reason")
		}
		leg.HangUp()
	})
}

// TestReferGivesItsPermissionBack: a call that the phone makes by itself takes no
// place among ours, whatever becomes of it.
func TestReferGivesItsPermissionBack(t *testing.T) {
	run(t, func(w *world) {
		w.guarded(permit.Guard{Name: "one", Concurrent: 1})
		leg, conn, _ := w.answered()
		asked := leg.TakesRefer()
		for range 2 {
			w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
			(<-asked).Told(call.Referral{Outcome: call.ReferralFailed, Reason: call.Reason{Kind: call.Busy}})
			synctest.Wait()
		}
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
		refer := <-asked
		leg.HangUp()
		synctest.Wait()
		refer.Told(call.Referral{Outcome: call.ReferralDeclined})
		synctest.Wait()
		other, conn, id := w.answered()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)})) // by a leg of ours: it holds the place
		(<-w.dialer.Dialled).PickUp()
		w.expect(id, connected+" CallTransferAccepted CallDisconnected")
		other.HangUp()
	})
}
