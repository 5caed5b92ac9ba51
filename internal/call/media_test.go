package call_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

const connected = "CallConnected ParticipantsUpdated"

var hello = []call.Prompt{call.File{URI: "http://app.test/hello.wav"}}

func TestPlayToAllIsHeardAndCompletes(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Play(bg, call.Play{Prompts: hello, Context: call.Context{Operation: "greeting"}}))
		time.Sleep(500 * time.Millisecond)
		w.expect(id, connected+" PlayStarted")
		time.Sleep(time.Second)
		w.expect(id, connected+" PlayStarted PlayCompleted")
		if heard := leg.Heard(); heard != 50 {
			t.Errorf("the phone heard %d frames of 50", heard)
		}
		if context := w.last(id).Header().Operation.Context; context != "greeting" {
			t.Errorf("operationContext is %q", context)
		}
		leg.HangUp()
	})
}

func TestPlayToOneIsHeardByThatOne(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Play(bg, call.Play{Prompts: hello, To: []identifier.ID{phone(aPhone)}}))
		time.Sleep(2 * time.Second)
		w.expect(id, connected+" ParticipantsUpdated PlayStarted PlayCompleted ParticipantsUpdated")
		if leg.Heard() != 50 {
			t.Errorf("the phone heard %d frames of 50", leg.Heard())
		}
		leg.HangUp()
	})
}

func TestPlaysQueue(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(3 * time.Second)
		w.expect(id, connected+" PlayStarted PlayCompleted PlayStarted PlayCompleted")
		leg.HangUp()
	})
}

// TestQueueHasABound: what would wait longer is refused, and has no event.
func TestQueueHasABound(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		var err error
		accepted := 0
		for ; err == nil && accepted < 2000; accepted++ {
			err = conn.Play(bg, call.Play{Prompts: hello, Loop: true})
		}
		accepted--
		if !fault.Is(err, fault.KindThrottled) || fault.Of(err).Code != "8516" || accepted != 1000 {
			t.Errorf("after %d: %v", accepted, err)
		}
		w.must(conn.Play(bg, call.Play{Prompts: hello, Interrupt: true}))
		synctest.Wait()
		if n := strings.Count(w.published.Names(id), "PlayCanceled"); n != accepted {
			t.Errorf("%d of %d were canceled", n, accepted)
		}
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		leg.HangUp()
	})
}

// TestWhatIsToBePlayedHasABound: a connection keeps so many bytes of requests, and all
// together, and gets them back when operations end.
func TestWhatIsToBePlayedHasABound(t *testing.T) {
	run(t, func(w *world) {
		text := []call.Prompt{call.SSML{SSML: strings.Repeat("x", 1_000_000)}}
		fill := func(conn *call.Connection) (accepted int, err error) {
			for ; err == nil && accepted < 100; accepted++ {
				err = conn.Play(bg, call.Play{Prompts: text, Loop: true})
			}
			return accepted - 1, err
		}
		var legs []*calltest.Leg
		for {
			leg, conn, _ := w.answered()
			legs = append(legs, leg)
			accepted, err := fill(conn)
			if !fault.Is(err, fault.KindThrottled) || fault.Of(err).Code != "8516" {
				t.Fatalf("after %d: %v", accepted, err)
			}
			if strings.Contains(err.Error(), "of all calls") {
				if n := 8*(len(legs)-1) + accepted; n != 268 {
					t.Errorf("all keep %d MB", n)
				}
				w.must(conn.Play(bg, call.Play{Prompts: hello}))
				leg, other, _ := w.answered()
				legs = append(legs, leg)
				for _, to := range [][]identifier.ID{nil, {phone(aPhone)}} {
					if err := other.Play(bg, call.Play{Prompts: text, To: to, Interrupt: true}); !fault.Is(err, fault.KindThrottled) {
						t.Errorf("what interrupts nothing to %v: %v", to, err)
					}
				}
				w.must(conn.Play(bg, call.Play{Prompts: text, Interrupt: true}))
				break
			}
			if accepted != 8 || len(legs) > 100 {
				t.Fatalf("connection %d keeps %d MB", len(legs), accepted)
			}
		}
		for _, leg := range legs {
			leg.HangUp()
		}
		synctest.Wait()
		leg, conn, _ := w.answered()
		if accepted, _ := fill(conn); accepted != 8 {
			t.Errorf("after all have ended, a connection keeps %d MB", accepted)
		}
		leg.HangUp()
	})
}

// TestContextsOfWhatWaitsHaveABoundToo: each may have many times the bytes of what is played.
func TestContextsOfWhatWaitsHaveABoundToo(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, _ := w.answered()
		of := call.Context{Operation: strings.Repeat("x", 20_000)}
		for name, accept := range map[string]func() error{
			"play": func() error { return conn.Play(bg, call.Play{Prompts: hello, Loop: true, Context: of}) },
			"recognize": func() error {
				return conn.Recognize(bg, call.Recognize{Target: phone(aPhone), MaxTones: 1, InitialSilence: time.Hour, Context: of})
			},
		} {
			var err error
			accepted := -1
			for ; err == nil && accepted < 1000; accepted++ {
				err = accept()
			}
			if !fault.Is(err, fault.KindThrottled) || accepted < 400 || accepted > 8<<20/20_000 {
				t.Errorf("%s: %d are accepted, then %v", name, accepted, err)
			}
			w.must(conn.CancelAllMedia(bg))
			synctest.Wait()
		}
		leg.HangUp()
	})
}

func TestInterruptingPlayCancelsWhatRunsAndWaits(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Play(bg, call.Play{Prompts: hello, Loop: true}))
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(5 * time.Second)
		w.expect(id, connected+" PlayStarted")
		w.must(conn.Play(bg, call.Play{Prompts: hello, Interrupt: true}))
		time.Sleep(2 * time.Second)
		w.expect(id, connected+" PlayStarted PlayCanceled PlayCanceled PlayStarted PlayCompleted")
		leg.HangUp()
	})
}

func TestFailedSourceNamesItsIndex(t *testing.T) {
	broken := call.File{URI: "http://app.test/broken"}
	t.Run("first: never started", func(t *testing.T) {
		run(t, func(w *world) {
			leg, conn, id := w.answered()
			w.prompts.Fail[broken.URI] = errors.New("not a sound")
			w.must(conn.Play(bg, call.Play{Prompts: []call.Prompt{broken, hello[0]}}))
			time.Sleep(time.Second)
			w.expect(id, connected+" PlayFailed")
			leg.HangUp()
		})
	})
	t.Run("second: the first was heard", func(t *testing.T) {
		run(t, func(w *world) {
			leg, conn, id := w.answered()
			w.prompts.Fail[broken.URI] = errors.New("not a sound")
			w.must(conn.Play(bg, call.Play{Prompts: []call.Prompt{hello[0], broken}}))
			time.Sleep(2 * time.Second)
			w.expect(id, connected+" PlayStarted PlayFailed")
			if failed := w.last(id).(call.PlayFailed); failed.Source != 1 || leg.Heard() != 50 {
				t.Errorf("source %d failed, %d frames heard", failed.Source, leg.Heard())
			}
			leg.HangUp()
		})
	})
}

func TestHangupCancelsPlay(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Play(bg, call.Play{Prompts: hello, Loop: true}))
		w.must(conn.Recognize(bg, call.Recognize{Target: phone(aPhone), InitialSilence: time.Minute, InterTone: time.Second}))
		time.Sleep(time.Second)
		leg.HangUp()
		w.expect(id, connected+" PlayStarted PlayCanceled RecognizeCanceled CallDisconnected")
	})
}

func TestCancelAllEndsEveryOperation(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.Play(bg, call.Play{Prompts: hello, Loop: true}))
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		w.must(conn.Play(bg, call.Play{Prompts: hello, To: []identifier.ID{phone(aPhone)}, Loop: true}))
		time.Sleep(time.Second)
		w.must(conn.CancelAllMedia(bg))
		synctest.Wait()
		canceled := 0
		for _, e := range w.published.Events(id) {
			if _, ok := e.(call.PlayCanceled); ok {
				canceled++
			}
		}
		if canceled != 3 {
			t.Errorf("%d of 3 plays were canceled: %s", canceled, w.published.Names(id))
		}
		leg.HangUp()
	})
}

func TestSecondOperationWithOneParticipantIsRefused(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, _ := w.answered()
		alone := []identifier.ID{phone(aPhone)}
		w.must(conn.Play(bg, call.Play{Prompts: hello, To: alone, Loop: true}))
		if err := conn.Play(bg, call.Play{Prompts: hello, To: alone}); !fault.Is(err, fault.KindPrecondition) {
			t.Errorf("a second play to the same participant gets %v", err)
		}
		if err := conn.SendTones(bg, call.SendTones{Tones: []call.Tone{'1'}, Target: phone(aPhone)}); !fault.Is(err, fault.KindPrecondition) {
			t.Errorf("tones beside a play get %v", err)
		}
		w.must(conn.Play(bg, call.Play{Prompts: hello})) // to all is allowed
		leg.HangUp()
	})
}

func TestRecognizeEndsByTonesOrSilence(t *testing.T) {
	second := time.Second
	base := call.Recognize{Target: phone(aPhone), InitialSilence: 5 * second, InterTone: 2 * second, InterruptPrompt: true}
	with := func(change func(*call.Recognize)) call.Recognize { r := base; change(&r); return r }
	cases := []struct {
		name  string
		r     call.Recognize
		press func(press func(string))
		tones string
		by    call.RecognizeEnd
		fails bool
	}{
		{"max tones", with(func(r *call.Recognize) { r.MaxTones = 4 }), func(p func(string)) { p("123#") }, "123#", call.MaxTonesCollected, false},
		{"stop tone is not part of the result", with(func(r *call.Recognize) { r.MaxTones = 9; r.StopTones = []call.Tone{'#'} }), func(p func(string)) { p("123#") }, "123", call.StopToneHeard, false},
		{"silence between tones completes", with(func(r *call.Recognize) { r.MaxTones = 9 }), func(p func(string)) { p("12"); time.Sleep(3 * second) }, "12", call.InterToneTimeout, false},
		{"nothing pressed", base, func(func(string)) { time.Sleep(6 * second) }, "", call.InitialSilence, true},
		{"the silence begins after the prompt", with(func(r *call.Recognize) { r.Prompts = append(hello, hello...); r.MaxTones = 1 }),
			func(p func(string)) { time.Sleep(6500 * time.Millisecond); p("7") }, "7", call.MaxTonesCollected, false},
		{"a tone ends the prompt and counts", with(func(r *call.Recognize) { r.Prompts = hello; r.MaxTones = 2 }),
			func(p func(string)) { time.Sleep(200 * time.Millisecond); p("89") }, "89", call.MaxTonesCollected, false},
		{"a prompt that goes on ignores tones", with(func(r *call.Recognize) { r.Prompts = hello; r.InterruptPrompt = false; r.MaxTones = 1 }),
			func(p func(string)) { time.Sleep(200 * time.Millisecond); p("5"); time.Sleep(second); p("6") }, "6", call.MaxTonesCollected, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			run(t, func(w *world) {
				leg, conn, id := w.answered()
				w.must(conn.Recognize(bg, c.r))
				synctest.Wait()
				c.press(leg.Press)
				switch e := w.last(id).(type) {
				case call.RecognizeCompleted:
					if c.fails || e.By != c.by || tonesOf(e.Tones) != c.tones {
						t.Errorf("completed by %d with %q", e.By, e.Tones)
					}
				case call.RecognizeFailed:
					if !c.fails || e.By != c.by {
						t.Errorf("failed by %d", e.By)
					}
				default:
					t.Errorf("the last event is %T", e)
				}
				leg.HangUp()
			})
		})
	}
}

func tonesOf(tones []call.Tone) string {
	var keys []byte
	for _, tone := range tones {
		keys = append(keys, byte(tone))
	}
	return string(keys)
}

func TestRecognizeFailsWithItsPrompt(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.prompts.Fail["http://app.test/broken"] = errors.New("not a sound")
		w.must(conn.Recognize(bg, call.Recognize{Target: phone(aPhone), Prompts: []call.Prompt{call.File{URI: "http://app.test/broken"}}, MaxTones: 1}))
		time.Sleep(time.Second)
		if e := w.last(id).(call.RecognizeFailed); e.By != call.PromptFailed || e.Cause == nil {
			t.Errorf("failed by %d: %v", e.By, e.Cause)
		}
		leg.HangUp()
	})
}

func TestTonesAreSentToThePhone(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.SendTones(bg, call.SendTones{Tones: []call.Tone{'1', '2', '#'}, Target: phone(aPhone)}))
		time.Sleep(time.Second)
		w.expect(id, connected+" SendTonesCompleted")
		if leg.Sent() != "12#" {
			t.Errorf("the phone got %q", leg.Sent())
		}
		leg.HangUp()
	})
}

func TestHangupWhileTonesAreSent(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.SendTones(bg, call.SendTones{Tones: []call.Tone("123456"), Target: phone(aPhone)}))
		time.Sleep(300 * time.Millisecond)
		w.must(conn.HangUp(bg))
		w.expect(id, connected+" SendTonesFailed CallDisconnected")
		_ = leg
	})
}

func TestMediaNeedsAnEstablishedCall(t *testing.T) {
	run(t, func(w *world) {
		conn, _ := w.create(phone(aPhone))
		err := conn.Play(bg, call.Play{Prompts: hello})
		if !errors.Is(err, call.NotConnected) {
			t.Errorf("got %v", err)
		}
		if err := conn.Play(bg, call.Play{To: []identifier.ID{phone("+1999")}}); !errors.Is(err, call.NotConnected) {
			t.Errorf("got %v", err)
		}
		w.must(conn.HangUp(bg))
	})
}

func TestWidebandLegRaisesTheCall(t *testing.T) {
	run(t, func(w *world) {
		first, conn, id := w.answered()
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(1500 * time.Millisecond)
		if width := first.Port().(*calltest.Port).Width(); width != 160 {
			t.Errorf("frames have %d samples before", width)
		}
		_, err := conn.Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone)})
		w.must(err)
		second := <-w.dialer.Dialled
		second.Port().(*calltest.Port).Rate = call.WideRate
		second.PickUp()
		w.expect(id, connected+" PlayStarted PlayCompleted AddParticipantSucceeded ParticipantsUpdated")
		second.HangUp() // the rate never falls
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(1500 * time.Millisecond)
		if width := first.Port().(*calltest.Port).Width(); width != 320 {
			t.Errorf("frames have %d samples after", width)
		}
		first.HangUp()
	})
}

func TestCallRisesWithALegThatBecomesWideband(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, _ := w.answered()
		leg.Retune(call.WideRate)
		synctest.Wait()
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(500 * time.Millisecond)
		if width := leg.Port().(*calltest.Port).Width(); width != 320 {
			t.Errorf("frames of %d samples, want those of 16 kHz", width)
		}
		leg.HangUp()
	})
}
