package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// TestMediaOperationsSideBySide is the table of which media operation is accepted
// while which other goes on (control-mid-call-media-actions.md): those of the main
// leg, a play to all and a recognition in a call of two ends, queue and disturb
// nothing; those of a participant's own leg refuse each other with 412/8583. A
// continuous recognition disturbs nothing.
func TestMediaOperationsSideBySide(t *testing.T) {
	alone := []identifier.ID{phone(aPhone)}
	start := map[string]func(*call.Connection) error{
		"play to all": func(c *call.Connection) error { return c.Play(bg, call.Play{Prompts: hello, Loop: true}) },
		"play to one": func(c *call.Connection) error { return c.Play(bg, call.Play{Prompts: hello, To: alone, Loop: true}) },
		"recognize": func(c *call.Connection) error {
			return c.Recognize(bg, call.Recognize{Target: phone(aPhone), MaxTones: 1, InitialSilence: time.Minute, InterTone: time.Second})
		},
		"send tones": func(c *call.Connection) error {
			return c.SendTones(bg, call.SendTones{Target: phone(aPhone), Tones: []call.Tone("123456789")})
		},
		"continuous": func(c *call.Connection) error { return c.StartTones(bg, phone(aPhone), call.Context{}) },
	}
	order := []string{"play to all", "play to one", "recognize", "send tones", "continuous"}
	refused := map[bool]map[string]string{ // by whether the call is a group and what goes on: what of order is refused
		false: {"play to all": ".....", "play to one": ".x.xx", "recognize": ".....", "send tones": ".x.xx", "continuous": "....."},
		true:  {"play to all": ".....", "play to one": ".xxxx", "recognize": ".xxxx", "send tones": ".xxxx", "continuous": "....."},
	}
	for inGroup, rows := range refused {
		for _, running := range order {
			for i, wanted := range order {
				name := map[bool]string{false: "two ends: ", true: "group: "}[inGroup] + wanted + " beside " + running
				t.Run(name, func(t *testing.T) {
					run(t, func(w *world) {
						var conn *call.Connection
						if inGroup {
							_, _, conn, _ = w.added()
						} else {
							_, conn, _ = w.answered()
						}
						w.must(start[running](conn))
						time.Sleep(50 * time.Millisecond)
						err := start[wanted](conn)
						if want := rows[running][i] == 'x'; fault.Is(err, fault.KindPrecondition) != want || err != nil && !want {
							t.Errorf("%v; refused: %v is right", err, want)
						}
						w.must(conn.Terminate(bg))
						synctest.Wait()
					})
				})
			}
		}
	}
}

// TestRecognitionInAGroupIsHeardByItsTargetAlone: its prompt disturbs nobody else.
func TestRecognitionInAGroupIsHeardByItsTargetAlone(t *testing.T) {
	run(t, func(w *world) {
		first, second, conn, _ := w.added()
		before, other := first.Heard(), second.Heard()
		w.must(conn.Recognize(bg, call.Recognize{Target: phone(aPhone), Prompts: hello, MaxTones: 1, InitialSilence: 5 * time.Second, InterTone: time.Second}))
		time.Sleep(1500 * time.Millisecond)
		if heard := first.Heard() - before; heard < 45 {
			t.Errorf("the target heard %d frames of the prompt", heard)
		}
		if heard := second.Heard() - other; heard > 0 {
			t.Errorf("the other heard %d frames of the prompt", heard)
		}
		w.must(conn.Terminate(bg))
		synctest.Wait()
	})
}

// TestInterruptionOfOneParticipant: what interrupts cancels what goes on with its
// participant alone, and nothing in the main queue.
func TestInterruptionOfOneParticipant(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		alone := []identifier.ID{phone(aPhone)}
		w.must(conn.Play(bg, call.Play{Prompts: hello, Loop: true, Context: call.Context{Operation: "main"}}))
		w.must(conn.Play(bg, call.Play{Prompts: hello, To: alone, Loop: true, Context: call.Context{Operation: "first"}}))
		time.Sleep(time.Second)
		w.must(conn.Play(bg, call.Play{Prompts: hello, To: alone, Interrupt: true, Context: call.Context{Operation: "news"}}))
		time.Sleep(2 * time.Second)
		canceled := ""
		for _, e := range w.published.Events(id) {
			if _, is := e.(call.PlayCanceled); is {
				canceled += e.Header().Operation.Context
			}
		}
		if canceled != "first" {
			t.Errorf("canceled: %q, %s", canceled, w.published.Names(id))
		}
		leg.HangUp()
	})
}
