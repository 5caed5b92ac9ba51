package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
)

// consulting is a phone in two calls, each with an application of its own.
func (w *world) consulting() (legs [2]*calltest.Leg, conns [2]*call.Connection, ids [2]string) {
	for i := range legs {
		legs[i], conns[i], ids[i] = w.answered()
	}
	return legs, conns, ids
}

// TestTwoCallsMeet: an attended transfer. Each application keeps its call, with
// the other one in the phone's place; they hear each other.
func TestTwoCallsMeet(t *testing.T) {
	run(t, func(w *world) {
		legs, conns, ids := w.consulting()
		told := legs[0].HandOver(call.TransferWanted{}, legs[1])
		w.told("met", told, call.ReferralAnswered)
		var selves [2]identifier.ID
		for i := range conns {
			p, err := conns[i].Properties(bg)
			w.must(err)
			selves[i] = p.AnsweredBy
		}
		for i, id := range ids {
			w.expect(id, connected+" ParticipantsUpdated")
			if list := w.ids(id); len(list) != 2 || !has(list, selves[1-i]) || has(list, phone(aPhone)) {
				t.Errorf("call %d has %v", i, list)
			}
			if !gone(legs[i]) {
				t.Errorf("the phone's leg in call %d is still there", i)
			}
		}
		if w.Active() != 2 {
			t.Errorf("%d calls", w.Active())
		}
		w.must(conns[0].HangUp(bg))
		w.expect(ids[0], connected+" ParticipantsUpdated CallDisconnected")
		w.expect(ids[1], connected+" ParticipantsUpdated CallDisconnected")
	})
}

// TestPhoneMeetsTheOtherCall: what the application of the second call plays is
// heard by the phone of the first.
func TestPhoneMeetsTheOtherCall(t *testing.T) {
	run(t, func(w *world) {
		caller, conn, _ := w.answered()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
		middle := <-w.dialer.Dialled
		middle.PickUp()
		synctest.Wait()
		consult, second, id := w.answered()
		told := middle.HandOver(call.TransferWanted{}, consult)
		w.told("met", told, call.ReferralAnswered)
		if list := w.ids(id); len(list) != 2 || !has(list, phone(aPhone)) || gone(caller) || !gone(middle) || !gone(consult) {
			t.Errorf("the second call has %v", list)
		}
		w.must(second.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(2 * time.Second)
		if heard := caller.Heard(); heard < 45 {
			t.Errorf("the phone of the first call heard %d frames of 50", heard)
		}
		w.must(second.StartTones(bg, phone(aPhone), call.Context{}))
		caller.Press("7")
		w.expect(id, connected+" ParticipantsUpdated PlayStarted PlayCompleted ToneReceived")
		caller.HangUp()
		w.expect(id, connected+" ParticipantsUpdated PlayStarted PlayCompleted ToneReceived TonesStopped CallDisconnected")
		time.Sleep(time.Second) // the key is down for a while
	})
}

// TestCallsThatCannotMeet stay what they are.
func TestCallsThatCannotMeet(t *testing.T) {
	t.Run("the other is over", func(t *testing.T) {
		run(t, func(w *world) {
			legs, conns, ids := w.consulting()
			legs[1].HangUp()
			synctest.Wait()
			told := legs[0].HandOver(call.TransferWanted{}, legs[1])
			w.told("over", told, call.ReferralFailed)
			w.expect(ids[0], connected)
			w.must(conns[0].HangUp(bg))
		})
	})
	t.Run("it rings", func(t *testing.T) {
		run(t, func(w *world) {
			leg, conn, id := w.answered()
			ringing, _ := w.incoming()
			told := leg.HandOver(call.TransferWanted{}, ringing)
			w.told("rings", told, call.ReferralFailed)
			w.expect(id, connected)
			ringing.HangUp()
			w.must(conn.HangUp(bg))
		})
	})
	t.Run("it is the same call", func(t *testing.T) {
		run(t, func(w *world) {
			first, second, conn, id := w.added()
			told := first.HandOver(call.TransferWanted{}, second)
			w.told("same", told, call.ReferralFailed)
			w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated")
			w.must(conn.Terminate(bg))
		})
	})
	t.Run("they have met before", func(t *testing.T) {
		run(t, func(w *world) {
			legs, conns, ids := w.consulting()
			var others [2]*calltest.Leg
			for i, conn := range conns { // a second phone in both
				_, err := conn.Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone)})
				w.must(err)
				others[i] = <-w.dialer.Dialled
				others[i].PickUp()
			}
			synctest.Wait()
			w.told("the first time", legs[0].HandOver(call.TransferWanted{}, legs[1]), call.ReferralAnswered)
			w.told("the second time", others[0].HandOver(call.TransferWanted{}, others[1]), call.ReferralFailed)
			if len(w.ids(ids[0])) != 3 {
				t.Errorf("the first call has %v", w.ids(ids[0]))
			}
			w.must(conns[0].Terminate(bg))
			w.must(conns[1].Terminate(bg))
		})
	})
	t.Run("it ends at that moment", func(t *testing.T) {
		run(t, func(w *world) {
			legs, conns, ids := w.consulting()
			told := legs[0].HandOver(call.TransferWanted{}, legs[1])
			w.must(conns[1].HangUp(bg))
			synctest.Wait()
			if len(told) == 0 {
				t.Error("nothing was told")
			}
			w.must(ignore(conns[0].HangUp(bg)))
			synctest.Wait()
			if events := w.published.Names(ids[0]); len(events) < len(connected)+len(" CallDisconnected") {
				t.Errorf("events of the first call: %s", events)
			}
		})
	})
}

// ignore drops an error: the call may have ended by itself.
func ignore(error) error { return nil }
