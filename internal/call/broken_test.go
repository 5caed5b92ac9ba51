package call_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/panics"
)

// breaks runs a test in a world with faults and another call, which has to live on: it plays
// something at the end. Before that the broken call has a minute and a half to be gone.
func breaks(t *testing.T, test func(*world, *faults)) {
	run(t, func(w *world) {
		f := w.faulty()
		_, other, otherID := w.answered()
		test(w, f)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if n := w.Active(); n != 1 {
			t.Errorf("%d calls go on, want the other one alone", n)
		}
		w.must(other.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(2 * time.Second)
		w.expect(otherID, connected+" PlayStarted PlayCompleted")
		w.must(other.Terminate(bg))
	})
}

// overBy asks that a leg was ended for a reason of a kind.
func (w *world) overBy(leg *calltest.Leg, kind call.ReasonKind) {
	w.Helper()
	synctest.Wait()
	if why, over := leg.Why(); !over || why.Kind != kind {
		w.Errorf("the leg: over %t, %v; want %v", over, why, kind)
	}
}

func TestCommandThatPanicsEndsItsCallAlone(t *testing.T) {
	breaks(t, func(w *world, f *faults) {
		leg, conn, id := w.answered()
		w.must(conn.Play(bg, call.Play{Prompts: hello, Loop: true}))
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		synctest.Wait()
		f.at("announce")
		if _, err := conn.Add(bg, call.Add{Who: identifier.NewUser(resource)}); err == nil {
			t.Error("the command that panicked has succeeded")
		}
		w.overBy(leg, call.Failed)
		if err := conn.Play(bg, call.Play{Prompts: hello}); !errors.Is(err, call.CallOver) {
			t.Errorf("a command afterwards: %v", err)
		}
		events := w.published.Events(id)
		if last, ok := events[len(events)-1].(call.CallDisconnected); !ok || last.Reason.Kind != call.Failed {
			t.Errorf("the last event is %+v", events[len(events)-1])
		}
		ends := map[string]int{}
		for _, e := range events {
			switch e.(type) {
			case call.PlayCanceled, call.PlayFailed:
				ends["play"]++
			case call.AddParticipantFailed:
				ends["add"]++
			}
		}
		if ends["play"] != 2 || ends["add"] != 1 {
			t.Errorf("the ends of two plays and an add: %v", ends)
		}
	})
}

func TestNewsThatPanicEndTheirCallAlone(t *testing.T) {
	breaks(t, func(w *world, f *faults) {
		conn, id := w.create(phone(bPhone))
		leg := <-w.dialer.Dialled
		f.at("leg answered")
		leg.PickUp()
		w.overBy(leg, call.Failed)
		w.expect(id, "CreateCallFailed CallDisconnected")
		if err := conn.Terminate(bg); !errors.Is(err, call.CallOver) {
			t.Errorf("terminated afterwards: %v", err)
		}
	})
}

func TestCallThatPanicsAtItsBeginningLeavesTheLegToWhoBroughtIt(t *testing.T) {
	breaks(t, func(w *world, f *faults) {
		for _, place := range []string{"leg came", "announce", "ring"} {
			f.at(place)
			leg := faultyLeg{calltest.Inbound(), f}
			if _, err := w.Incoming(call.Invitation{From: phone(aPhone), To: phone(ourPhone)}, leg); err == nil {
				t.Errorf("%s: a broken call was taken", place)
			}
		}
	})
}

func TestCreateThatPanicsTellsItsConnection(t *testing.T) {
	breaks(t, func(w *world, f *faults) {
		f.at("announce")
		if _, err := w.Create(bg, call.Create{Targets: []identifier.ID{identifier.NewUser(resource)}, Control: control}); err == nil {
			t.Error("a broken call was created")
		}
		var last call.Event
		for _, e := range w.published.All() {
			if _, opened := e.(call.ConnectionOpened); opened {
				last = w.last(e.Header().Connection)
			}
		}
		if _, ok := last.(call.CallDisconnected); !ok {
			t.Errorf("the last event of its connection is %T", last)
		}
	})
}

func TestOperationThatPanicsFailsAlone(t *testing.T) {
	breaks(t, func(w *world, f *faults) {
		leg, conn, id := w.answered()
		f.at("prompt")
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		var panicked *panics.Error
		if failed, ok := w.last(id).(call.PlayFailed); !ok || !errors.As(failed.Cause, &panicked) {
			t.Errorf("after a prompt that panicked: %+v", w.last(id))
		}
		f.at("prompt")
		w.must(conn.Recognize(bg, call.Recognize{Target: phone(aPhone), Prompts: hello, MaxTones: 1, InitialSilence: time.Second}))
		if _, ok := w.last(id).(call.RecognizeFailed); !ok {
			t.Errorf("after a recognition that panicked: %T", w.last(id))
		}
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(2 * time.Second)
		if _, ok := w.last(id).(call.PlayCompleted); !ok {
			t.Errorf("afterwards: %T", w.last(id))
		}
		leg.HangUp()
	})
}

// TestPromptThatPanicsWhenItIsOverFailsItsRecognition of keys, and of speech, whose prompt has a
// goroutine of its own. What the leg has carried is asked before the prompt and after it.
func TestPromptThatPanicsWhenItIsOverFailsItsRecognition(t *testing.T) {
	for _, input := range []call.Input{call.TonesInput, call.SpeechOrTonesInput} {
		for visit := range 2 {
			breaks(t, func(w *world, f *faults) {
				conn, id := w.create(phone(bPhone))
				leg := <-w.dialer.Dialled
				leg.PickUp()
				synctest.Wait()
				f.atVisit("carried", 1+visit)
				w.must(conn.Recognize(bg, call.Recognize{Target: phone(bPhone), Input: input, Prompts: hello, MaxTones: 1, InitialSilence: time.Second}))
				time.Sleep(2 * time.Second)
				var panicked *panics.Error
				if failed, ok := w.last(id).(call.RecognizeFailed); !ok || failed.By != call.PromptFailed || !errors.As(failed.Cause, &panicked) {
					t.Errorf("the end is %+v", w.last(id))
				}
				w.must(conn.Play(bg, call.Play{Prompts: hello}))
				time.Sleep(2 * time.Second)
				if _, ok := w.last(id).(call.PlayCompleted); !ok {
					t.Errorf("afterwards: %T", w.last(id))
				}
				leg.HangUp()
			})
		}
	}
}

func TestDialThatPanicsFailsAndGivesThePermissionBack(t *testing.T) {
	breaks(t, func(w *world, f *faults) {
		leg, conn, id := w.answered()
		f.at("dial")
		_, err := conn.Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone)})
		w.must(err)
		synctest.Wait()
		if _, ok := w.last(id).(call.AddParticipantFailed); !ok {
			t.Errorf("after a dial that panicked: %T", w.last(id))
		}
		leg.HangUp()
	})
}

func TestKeysWhoseSendingPanicsFail(t *testing.T) {
	breaks(t, func(w *world, f *faults) {
		conn, id := w.create(phone(bPhone))
		leg := <-w.dialer.Dialled
		leg.PickUp()
		synctest.Wait()
		f.at("send tones")
		w.must(conn.SendTones(bg, call.SendTones{Tones: []call.Tone("1"), Target: phone(bPhone)}))
		if _, ok := w.last(id).(call.SendTonesFailed); !ok {
			t.Errorf("the end is %T", w.last(id))
		}
		leg.HangUp()
	})
}

func TestStreamThatPanicsLeavesNothing(t *testing.T) {
	breaks(t, func(w *world, f *faults) {
		for place, broken := range map[string]bool{"open stream": true, "close stream": false} {
			leg, in := w.incoming()
			p, err := w.Answer(bg, in.Context, identifier.ID{}, streamed)
			w.must(err)
			synctest.Wait()
			conn, err := w.Connection(p.ID)
			w.must(err)
			f.at(place)
			if err := conn.StartStreaming(bg, call.Context{}); (err != nil) != broken {
				t.Errorf("%s: %v", place, err)
			}
			leg.HangUp()
		}
	})
}

func TestCallEndsThoughTheEndOfItsLegPanics(t *testing.T) {
	breaks(t, func(w *world, f *faults) {
		conn, id := w.create(phone(bPhone))
		leg := <-w.dialer.Dialled
		leg.PickUp()
		synctest.Wait()
		f.atVisit("end leg", 1)
		conn.Terminate(bg)
		if _, ok := w.last(id).(call.CallDisconnected); !ok {
			t.Errorf("the last event is %T", w.last(id))
		}
	})
}

func TestCallEndsThoughItsEventsOrItsRecordPanic(t *testing.T) {
	breaks(t, func(w *world, f *faults) {
		for _, place := range []string{"publish", "details"} {
			leg, conn, id := w.answered()
			f.at(place)
			conn.Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone)})
			(<-w.dialer.Dialled).PickUp()
			synctest.Wait()
			leg.HangUp()
			conn.Terminate(bg)
			synctest.Wait()
			if _, ok := w.last(id).(call.CallDisconnected); !ok {
				t.Errorf("%s: the last event is %T", place, w.last(id))
			}
		}
	})
}

// TestRandomCallsThatBreakKeepTheRules lets the steps of legs, prompts and dials panic at some
// moment of random calls, the same ones each time: each accepted operation has its end all the same,
// and no call is left.
func TestRandomCallsThatBreakKeepTheRules(t *testing.T) {
	places := []string{"leg", "announce", "prompt", "open stream", "close stream", "dial", "ring", "end leg", "send tones"}
	for seed := range uint64(90) {
		random := rand.New(rand.NewPCG(seed, 1))
		place := places[seed%uint64(len(places))]
		var steps, picks []int
		for range 5 + random.IntN(36) {
			steps, picks = append(steps, random.IntN(len(moves))), append(picks, random.IntN(1000))
		}
		t.Run(place, func(t *testing.T) {
			run(t, func(w *world) {
				w.faulty().atVisit(place, 1+random.IntN(8))
				g := newGame(w)
				g.heard = &overheard{}
				if problem := g.play(steps, picks); problem != "" {
					t.Errorf("seed %d: %s", seed, problem)
				}
			})
		})
	}
}

func TestTransferWhoseCallBreaksFails(t *testing.T) {
	breaks(t, func(w *world, f *faults) {
		leg, conn, id := w.answered()
		_, err := conn.Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone)})
		w.must(err)
		added := <-w.dialer.Dialled
		added.PickUp()
		synctest.Wait()
		f.at("announce")
		w.must(conn.Transfer(bg, call.Transfer{Target: identifier.NewUser(resource), Transferee: phone(bPhone)}))
		if _, ok := w.last(id).(call.CallTransferFailed); !ok {
			t.Errorf("the last event is %T", w.last(id))
		}
		leg.HangUp()
		added.HangUp()
		conn.HangUp(bg)
	})
}
