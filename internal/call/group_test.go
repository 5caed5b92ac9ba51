package call_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

const bPhone = "+15551230002"

// added is a call between a phone, the application, and a second phone.
func (w *world) added() (first, second *calltest.Leg, conn *call.Connection, id string) {
	w.Helper()
	first, conn, id = w.answered()
	_, err := conn.Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone), Context: call.Context{Operation: "add"}})
	w.must(err)
	second = <-w.dialer.Dialled
	second.PickUp()
	w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated")
	return first, second, conn, id
}

func TestAddedPhoneJoins(t *testing.T) {
	run(t, func(w *world) {
		first, second, conn, id := w.added()
		if from := second.Invitation.From; from != phone(ourPhone) {
			t.Errorf("the second phone sees %s", from)
		}
		list, err := conn.Participants(bg)
		w.must(err)
		if len(list) != 3 {
			t.Errorf("participants are %v", list)
		}
		second.HangUp()
		w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated ParticipantsUpdated")
		first.HangUp()
		w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated ParticipantsUpdated CallDisconnected")
	})
}

func TestAddThatIsDeclinedLeavesNoGhost(t *testing.T) {
	run(t, func(w *world) {
		first, conn, id := w.answered()
		_, err := conn.Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone)})
		w.must(err)
		(<-w.dialer.Dialled).Refuse(call.Declined, 603, "Decline")
		w.expect(id, connected+" AddParticipantFailed")
		if why := w.last(id).(call.AddParticipantFailed).Reason; why.Kind != call.Declined || why.SIP.Code != 603 {
			t.Errorf("reason is %+v", why)
		}
		list, err := conn.Participants(bg)
		w.must(err)
		if len(list) != 2 {
			t.Errorf("participants are %v", list)
		}
		first.HangUp()
	})
}

func TestInvitationTimesOut(t *testing.T) {
	run(t, func(w *world) {
		first, conn, id := w.answered()
		_, err := conn.Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone), Patience: 10 * time.Second})
		w.must(err)
		<-w.dialer.Dialled
		time.Sleep(11 * time.Second)
		w.expect(id, connected+" AddParticipantFailed")
		first.HangUp()
	})
}

func TestCanceledAddNeverJoins(t *testing.T) {
	run(t, func(w *world) {
		first, conn, id := w.answered()
		invitation, err := conn.Add(bg, call.Add{Who: identifier.NewUser(resource)})
		w.must(err)
		in := <-w.announcer.Calls
		if !in.Added {
			t.Error("the invitation does not say that it is an addition")
		}
		w.must(conn.CancelAdd(bg, invitation, call.Context{}))
		w.expect(id, connected+" CancelAddParticipantSucceeded")
		if _, err := w.Answer(bg, in.Context, identifier.ID{}, control); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("answering a canceled invitation gets %v", err)
		}
		w.must(conn.CancelAdd(bg, invitation, call.Context{}))
		w.expect(id, connected+" CancelAddParticipantSucceeded CancelAddParticipantFailed")
		first.HangUp()
	})
}

// TestAddThatAnotherConnectionCancelsFails: who asked for the add hears of its end,
// even where somebody else called it off.
func TestAddThatAnotherConnectionCancelsFails(t *testing.T) {
	run(t, func(w *world) {
		first, conn, id := w.answered()
		p, err := conn.Properties(bg)
		w.must(err)
		invitation, err := conn.Add(bg, call.Add{Who: identifier.NewUser(resource)})
		w.must(err)
		<-w.announcer.Calls
		joined, err := w.Connect(bg, call.Locator{ServerCallID: p.ServerCallID}, control)
		w.must(err)
		synctest.Wait()
		watcher, err := w.Connection(joined.ID)
		w.must(err)
		w.must(watcher.CancelAdd(bg, invitation, call.Context{}))
		w.expect(id, connected+" AddParticipantFailed")
		w.expect(joined.ID, connected+" CancelAddParticipantSucceeded")
		first.HangUp()
	})
}

func TestAddedIdentityControlsItsOwnEnd(t *testing.T) {
	run(t, func(w *world) {
		first, conn, a := w.answered()
		_, err := conn.Add(bg, call.Add{Who: identifier.NewUser(resource)})
		w.must(err)
		p, err := w.Answer(bg, (<-w.announcer.Calls).Context, identifier.ID{}, control)
		w.must(err)
		w.expect(a, connected+" AddParticipantSucceeded ParticipantsUpdated")
		w.expect(p.ID, connected)
		if mine, theirs := w.last(a).(call.ParticipantsUpdated), w.last(p.ID).(call.ParticipantsUpdated); mine.Sequence != theirs.Sequence || len(theirs.Participants) != 3 {
			t.Errorf("rosters differ: %+v, %+v", mine, theirs)
		}
		w.must(conn.HangUp(bg)) // a group goes on
		w.expect(a, connected+" AddParticipantSucceeded ParticipantsUpdated CallDisconnected")
		w.expect(p.ID, connected+" ParticipantsUpdated")
		first.HangUp()
		w.expect(p.ID, connected+" ParticipantsUpdated CallDisconnected")
	})
}

func TestPhonesAloneAreCutOff(t *testing.T) {
	run(t, func(w *world) {
		first, second, conn, _ := w.added()
		w.must(conn.HangUp(bg))
		synctest.Wait()
		for _, leg := range []*calltest.Leg{first, second} {
			if _, ended := leg.Why(); !ended {
				t.Error("a phone is left in a call without an application")
			}
		}
	})
}

func TestRemovedParticipantIsGone(t *testing.T) {
	run(t, func(w *world) {
		first, second, conn, id := w.added()
		w.must(conn.Remove(bg, phone(bPhone), call.Context{}))
		w.expect(id, connected+" AddParticipantSucceeded ParticipantsUpdated RemoveParticipantSucceeded ParticipantsUpdated")
		if why, ended := second.Why(); !ended || why.Kind != call.Removed {
			t.Errorf("the phone ended with %+v, %t", why, ended)
		}
		if err := conn.Remove(bg, phone(bPhone), call.Context{}); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("removing it again gets %v", err)
		}
		first.HangUp()
	})
}

func TestMuteIsSeenByAllAndOnce(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Mute(bg, []identifier.ID{phone(aPhone)}))
		w.must(conn.Mute(bg, []identifier.ID{phone(aPhone)}))
		w.expect(id, connected+" ParticipantsUpdated")
		for _, p := range w.last(id).(call.ParticipantsUpdated).Participants {
			if p.Muted != (p.ID == phone(aPhone)) {
				t.Errorf("%s muted is %t", p.ID, p.Muted)
			}
		}
		leg.HangUp()
	})
}

func TestHeldParticipantHearsMusicAndPromptsOverIt(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone), Music: hello[0]}))
		w.expect(id, connected+" ParticipantsUpdated") // the music is being fetched
		time.Sleep(2 * time.Second)
		w.expect(id, connected+" ParticipantsUpdated HoldAudioStarted")
		if heard := leg.Heard(); heard < 90 {
			t.Errorf("%d frames of music heard in 2 s", heard)
		}
		w.must(conn.Play(bg, call.Play{Prompts: hello, To: []identifier.ID{phone(aPhone)}}))
		time.Sleep(3 * time.Second)
		w.expect(id, connected+" ParticipantsUpdated HoldAudioStarted HoldAudioPaused PlayStarted HoldAudioResumed PlayCompleted")
		before := leg.Heard()
		time.Sleep(time.Second)
		if leg.Heard()-before < 45 {
			t.Error("the music did not go on after the prompt")
		}
		w.must(conn.Unhold(bg, phone(aPhone)))
		synctest.Wait()
		time.Sleep(100 * time.Millisecond)
		before = leg.Heard()
		time.Sleep(time.Second)
		if leg.Heard() != before {
			t.Error("the music is heard after the hold")
		}
		w.expect(id, connected+" ParticipantsUpdated HoldAudioStarted HoldAudioPaused PlayStarted HoldAudioResumed PlayCompleted"+
			" HoldAudioCompleted ParticipantsUpdated")
		leg.HangUp()
	})
}

func TestMusicGoesOnAfterACanceledPrompt(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone), Music: hello[0]}))
		time.Sleep(time.Second)
		w.must(conn.Play(bg, call.Play{Prompts: hello, Loop: true, To: []identifier.ID{phone(aPhone)}}))
		time.Sleep(time.Second)
		w.must(conn.CancelAllMedia(bg))
		time.Sleep(100 * time.Millisecond)
		w.expect(id, connected+" ParticipantsUpdated HoldAudioStarted HoldAudioPaused PlayStarted HoldAudioResumed PlayCanceled")
		before := leg.Heard()
		time.Sleep(time.Second)
		if leg.Heard()-before < 45 {
			t.Errorf("%d frames of music were heard in the second after the prompt", leg.Heard()-before)
		}
		leg.HangUp()
	})
}

func TestHoldThatEndsUnderAPromptIsNotResumed(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone), Music: hello[0], Context: call.Context{Operation: "wait"}}))
		time.Sleep(time.Second)
		w.must(conn.Play(bg, call.Play{Prompts: hello, To: []identifier.ID{phone(aPhone)}, Context: call.Context{Operation: "news"}}))
		time.Sleep(100 * time.Millisecond)
		w.must(conn.Unhold(bg, phone(aPhone)))
		time.Sleep(3 * time.Second)
		w.expect(id, connected+" ParticipantsUpdated HoldAudioStarted HoldAudioPaused PlayStarted HoldAudioCompleted ParticipantsUpdated PlayCompleted")
		for _, e := range w.published.Events(id) {
			want := map[string]string{"call.HoldAudioPaused": "wait", "call.HoldAudioCompleted": "wait", "call.PlayStarted": "news"}
			if context, ok := want[fmt.Sprintf("%T", e)]; ok && e.Header().Operation.Context != context {
				t.Errorf("%T has the context %q", e, e.Header().Operation.Context)
			}
		}
		leg.HangUp()
	})
}

func TestHoldMusicEndsWithTheCall(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone), Music: hello[0]}))
		time.Sleep(time.Second)
		leg.HangUp()
		w.expect(id, connected+" ParticipantsUpdated HoldAudioStarted HoldAudioCompleted CallDisconnected")
	})
}

func TestHoldMusicThatFailsIsTold(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.prompts.Fail["http://app.test/broken"] = errors.New("not a sound")
		w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone), Music: call.File{URI: "http://app.test/broken"}}))
		time.Sleep(time.Second)
		w.expect(id, connected+" ParticipantsUpdated HoldFailed")
		leg.HangUp()
	})
}

// TestHoldWithoutMusicHasTheServersOwn, without a beat in which nothing is heard, and
// without an event; where the configured one fails, the generated one is heard.
func TestHoldWithoutMusicHasTheServersOwn(t *testing.T) {
	for name, failure := range map[string]error{"configured": nil, "generated": errors.New("no such file")} {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				leg, conn, id := w.answered()
				w.prompts.Fail[calltest.OwnMusic] = failure
				w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone)}))
				time.Sleep(100 * time.Millisecond)
				before := leg.Heard()
				time.Sleep(3 * time.Second)
				if heard := leg.Heard() - before; heard < 149 {
					t.Errorf("%d frames of music were heard in three seconds", heard)
				}
				w.must(conn.Unhold(bg, phone(aPhone)))
				time.Sleep(100 * time.Millisecond)
				before = leg.Heard()
				time.Sleep(time.Second)
				if heard := leg.Heard() - before; heard > 0 {
					t.Errorf("%d frames of music were heard after the hold", heard)
				}
				w.expect(id, connected+" ParticipantsUpdated ParticipantsUpdated")
				leg.HangUp()
			})
		})
	}
}

func TestContinuousRecognitionTellsEveryKey(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.StartTones(bg, phone(aPhone), call.Context{}))
		w.must(conn.StartTones(bg, phone(aPhone), call.Context{}))
		leg.Press("1#")
		w.expect(id, connected+" ToneReceived ToneReceived")
		if e := w.last(id).(call.ToneReceived); e.Tone != '#' || e.Sequence != 2 {
			t.Errorf("got %+v", e)
		}
		w.must(conn.StopTones(bg, phone(aPhone), call.Context{}))
		leg.Press("2")
		w.expect(id, connected+" ToneReceived ToneReceived TonesStopped")
		w.must(conn.StopTones(bg, phone(aPhone), call.Context{}))
		w.expect(id, connected+" ToneReceived ToneReceived TonesStopped")
		w.must(conn.StartTones(bg, phone(aPhone), call.Context{}))
		leg.HangUp()
		w.expect(id, connected+" ToneReceived ToneReceived TonesStopped TonesStopped CallDisconnected")
	})
}

func TestConnectToACallThatIsOverFails(t *testing.T) {
	run(t, func(w *world) {
		leg, _, a := w.answered()
		over := w.last(a).Header().ServerCallID
		leg.HangUp()
		w.expect(a, connected+" CallDisconnected")
		p, err := w.Connect(bg, call.Locator{ServerCallID: over}, control)
		w.must(err)
		w.expect(p.ID, "ConnectFailed")
		if failed := w.last(p.ID).(call.ConnectFailed); failed.Reason.Kind != call.NoSuchCall || failed.ServerCallID != over {
			t.Errorf("the event is %+v", failed)
		}
		if _, err := w.Connection(p.ID); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("the connection is found: %v", err)
		}
		for _, nonsense := range []string{"nowhere", "", strings.Repeat("QUFB", 1000)} {
			if _, err := w.Connect(bg, call.Locator{ServerCallID: nonsense}, control); !fault.Is(err, fault.KindInvalid) {
				t.Errorf("connecting to %.20q gets %v", nonsense, err)
			}
		}
	})
}

// TestConnectToAGroupOrRoomWithoutClientsFails: only clients make them.
func TestConnectToAGroupOrRoomWithoutClientsFails(t *testing.T) {
	run(t, func(w *world) {
		for _, to := range []call.Locator{{GroupCallID: "6e1a2c1e-5b0a-4c9e-9a64-0d2b7e2ff101"}, {RoomID: "99199690362660524"}} {
			p, err := w.Connect(bg, to, control)
			w.must(err)
			w.expect(p.ID, "ConnectFailed")
			if failed := w.last(p.ID).(call.ConnectFailed); failed.Reason.Kind != call.NoSuchCall || failed.ServerCallID == "" || failed.ServerCallID != p.ServerCallID {
				t.Errorf("the event is %+v", failed)
			}
		}
		for _, to := range []call.Locator{{GroupCallID: "team"}, {RoomID: "99a"}, {RoomID: strings.Repeat("9", 33)}} {
			if _, err := w.Connect(bg, to, control); !fault.Is(err, fault.KindInvalid) {
				t.Errorf("connecting to %+v gets %v", to, err)
			}
		}
	})
}

func TestConnectedApplicationControlsWithoutTakingPart(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, a := w.answered()
		p, err := w.Connect(bg, call.Locator{ServerCallID: w.last(a).Header().ServerCallID}, control)
		w.must(err)
		w.expect(p.ID, connected)
		if list := w.last(p.ID).(call.ParticipantsUpdated).Participants; len(list) != 2 {
			t.Errorf("participants are %v", list)
		}
		w.expect(a, connected)
		other, err := w.Connection(p.ID)
		w.must(err)
		w.must(other.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(2 * time.Second)
		if leg.Heard() != 50 {
			t.Errorf("the phone heard %d frames of 50", leg.Heard())
		}
		w.must(other.HangUp(bg))
		w.expect(p.ID, connected+" PlayStarted PlayCompleted CallDisconnected")
		w.expect(a, connected)
		w.must(conn.HangUp(bg))
	})
}

func TestGroupIsUpWithItsFirstAnswer(t *testing.T) {
	run(t, func(w *world) {
		p, err := w.Create(bg, call.Create{Targets: []identifier.ID{phone(aPhone), phone(bPhone)}, CallerID: phone(ourPhone), Control: control})
		w.must(err)
		first, second := <-w.dialer.Dialled, <-w.dialer.Dialled
		w.expect(p.ID, "")
		first.PickUp()
		w.expect(p.ID, connected)
		second.PickUp()
		w.expect(p.ID, connected+" ParticipantsUpdated")
		first.HangUp()
		second.HangUp()
		w.expect(p.ID, connected+" ParticipantsUpdated ParticipantsUpdated CallDisconnected")
	})
}

func TestGroupFailsWhenNobodyAnswers(t *testing.T) {
	run(t, func(w *world) {
		p, err := w.Create(bg, call.Create{Targets: []identifier.ID{phone(aPhone), phone(bPhone)}, CallerID: phone(ourPhone), Control: control})
		w.must(err)
		(<-w.dialer.Dialled).Refuse(call.Busy, 486, "Busy Here")
		w.expect(p.ID, "")
		(<-w.dialer.Dialled).Refuse(call.Declined, 603, "Decline")
		w.expect(p.ID, "CreateCallFailed CallDisconnected")
	})
}

func TestRedirectToAnIdentity(t *testing.T) {
	run(t, func(w *world) {
		leg, in := w.incoming()
		user := identifier.NewUser(resource)
		w.must(w.Redirect(bg, in.Context, call.Redirect{Target: user}))
		again := <-w.announcer.Calls
		if again.To != user || again.From != phone(aPhone) {
			t.Errorf("announced %s to %s", again.From, again.To)
		}
		if err := w.Reject(bg, in.Context, call.Busy); !fault.Is(err, fault.KindConflict) {
			t.Errorf("the old context gets %v", err)
		}
		p, err := w.Answer(bg, again.Context, identifier.ID{}, control)
		w.must(err)
		w.expect(p.ID, connected)
		leg.HangUp()
	})
}

func TestRedirectToAPhone(t *testing.T) {
	run(t, func(w *world) {
		leg, in := w.incoming()
		w.must(w.Redirect(bg, in.Context, call.Redirect{Target: phone(bPhone)}))
		callee := <-w.dialer.Dialled
		if callee.Invitation.From != phone(ourPhone) {
			t.Errorf("the callee sees %s", callee.Invitation.From)
		}
		callee.PickUp()
		synctest.Wait()
		if w.Active() != 1 {
			t.Error("the phones are not connected")
		}
		callee.HangUp()
		synctest.Wait()
		if _, ended := leg.Why(); !ended {
			t.Error("the caller is left alone")
		}
	})
}

func TestRedirectLoopEnds(t *testing.T) {
	run(t, func(w *world) {
		leg, in := w.incoming()
		for range 10 {
			w.must(w.Redirect(bg, in.Context, call.Redirect{Target: phone(ourPhone)}))
			in = <-w.announcer.Calls
		}
		if err := w.Redirect(bg, in.Context, call.Redirect{Target: phone(ourPhone)}); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("the eleventh redirect gets %v", err)
		}
		synctest.Wait()
		if why, ended := leg.Why(); !ended || why.SIP.Code != 482 || !strings.Contains(why.Text, "loop") {
			t.Errorf("the caller hears %+v", why)
		}
		if w.Active() != 0 {
			t.Error("the call goes on")
		}
	})
}

func TestTransfer(t *testing.T) {
	t.Run("accepted: the application is gone, the phones go on", func(t *testing.T) {
		run(t, func(w *world) {
			leg, conn, id := w.answered()
			w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
			target := <-w.dialer.Dialled
			if target.Invitation.From != phone(aPhone) {
				t.Errorf("the target sees %s", target.Invitation.From)
			}
			target.PickUp()
			w.expect(id, connected+" CallTransferAccepted CallDisconnected")
			if w.Active() != 1 {
				t.Error("the phones are not connected")
			}
			leg.HangUp()
			synctest.Wait()
			if _, ended := target.Why(); !ended {
				t.Error("the target is left alone")
			}
		})
	})
	t.Run("failed: the call is whole", func(t *testing.T) {
		run(t, func(w *world) {
			leg, conn, id := w.answered()
			w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone), Transferee: phone(aPhone)}))
			if err := conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}); !fault.Is(err, fault.KindConflict) {
				t.Errorf("a second transfer gets %v", err)
			}
			(<-w.dialer.Dialled).Refuse(call.Busy, 486, "Busy Here")
			w.expect(id, connected+" CallTransferFailed")
			w.must(conn.Play(bg, call.Play{Prompts: hello}))
			time.Sleep(2 * time.Second)
			w.expect(id, connected+" CallTransferFailed PlayStarted PlayCompleted")
			leg.HangUp()
		})
	})
}

func TestHangupDuringTransferEndsEverything(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone)}))
		target := <-w.dialer.Dialled
		leg.HangUp()
		w.expect(id, connected+" CallTransferFailed CallDisconnected")
		if _, ended := target.Why(); !ended {
			t.Error("the target still rings")
		}
	})
}

func TestCallHasThreeHundredAndFiftyParticipantsAtMost(t *testing.T) {
	run(t, func(w *world) {
		_, conn, id := w.answered() // two
		number := func(i int) identifier.ID { return phone(fmt.Sprintf("+1555124%04d", i)) }
		var legs []*calltest.Leg
		for i := range call.MaxParticipants - 2 {
			_, err := conn.Add(bg, call.Add{Who: number(i), CallerID: phone(ourPhone)})
			w.must(err)
			leg := <-w.dialer.Dialled
			leg.PickUp()
			legs = append(legs, leg)
			synctest.Wait()
		}
		_, err := conn.Add(bg, call.Add{Who: number(999), CallerID: phone(ourPhone)})
		if !errors.Is(err, call.CallFull) {
			t.Errorf("one more gets %v", err)
		}
		time.Sleep(time.Second) // many changes are told together
		if n := len(w.last(id).(call.ParticipantsUpdated).Participants); n != call.MaxParticipants {
			t.Errorf("%d participants are listed", n)
		}
		legs[0].HangUp()
		synctest.Wait()
		if _, err = conn.Add(bg, call.Add{Who: number(999), CallerID: phone(ourPhone)}); err != nil {
			t.Errorf("after one has left: %v", err)
		}
		w.must(conn.Terminate(bg))
	})
}
