package call_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
)

// TestClientThatGoesAwayLeavesNoHalfCall creates calls whose clients give up at
// every moment: each call is either there, and counted by its guard until its leg
// ends, or it never was. The race detector watches the answers.
func TestClientThatGoesAwayLeavesNoHalfCall(t *testing.T) {
	run(t, func(w *world) {
		const tries = 5000
		w.guarded(permit.Guard{Name: "many", Concurrent: tries})
		made := 0
		for i := range tries {
			ctx, cancel := context.WithCancel(bg)
			if i%2 == 0 {
				cancel()
			} else {
				go cancel()
			}
			if _, err := w.Create(ctx, calling(aPhone)); err == nil {
				made++
				(<-w.dialer.Dialled).Refuse(call.Busy, 486, "Busy Here")
			}
			cancel()
			synctest.Wait()
			if n := w.Active(); n != 0 {
				t.Fatalf("%d calls are left after create %d", n, i)
			}
			select {
			case <-w.dialer.Dialled:
				t.Fatalf("a call that was refused is dialled")
			default:
			}
		}
		t.Logf("%d of %d calls were made", made, tries)
		for range tries { // all places are free again
			if _, err := w.Create(bg, calling(aPhone)); err != nil {
				t.Fatal(err)
			}
			(<-w.dialer.Dialled).Refuse(call.Busy, 486, "Busy Here")
		}
	})
}

// TestCommandOfAClientThatIsGoneChangesNothing asks of a command whose client had
// gone before it was taken.
func TestCommandOfAClientThatIsGoneChangesNothing(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		gone, cancel := context.WithCancel(bg)
		cancel()
		if err := conn.Play(gone, call.Play{Prompts: hello}); err == nil {
			t.Error("the play was accepted")
		}
		if _, err := conn.Participants(gone); err == nil {
			t.Error("the participants were listed")
		}
		w.expect(id, connected)
		leg.HangUp()
	})
}

// TestCommandThatMeetsTheEndIsAnswered asks that a command gets an answer while its
// call ends, whichever comes first.
func TestCommandThatMeetsTheEndIsAnswered(t *testing.T) {
	run(t, func(w *world) {
		for range 200 {
			leg, conn, _ := w.answered()
			answered := make(chan error, 1)
			go leg.HangUp()
			go func() { answered <- conn.Play(bg, call.Play{Prompts: hello}) }()
			select {
			case err := <-answered:
				if err != nil && !fault.Is(err, fault.KindNotFound) {
					t.Errorf("got %v", err)
				}
			case <-time.After(time.Minute):
				t.Fatal("no answer in a minute")
			}
			synctest.Wait()
		}
	})
}

// TestCallThatBeginsWhileTheServerStopsIsAnswered asks that a phone which calls in
// that moment hears something, whichever comes first.
func TestCallThatBeginsWhileTheServerStopsIsAnswered(t *testing.T) {
	run(t, func(w *world) {
		for range 200 {
			w.Registry = w.remake(false)
			stopped := make(chan error, 1)
			done, cancel := context.WithCancel(bg)
			cancel()
			go func() { stopped <- w.Stop(done, bg) }()
			if _, err := w.Create(bg, call.Create{Targets: []identifier.ID{phone(aPhone)}, CallerID: phone(ourPhone), Control: control}); err != nil && !fault.Is(err, fault.KindBusy) {
				t.Errorf("got %v", err)
			}
			if err := <-stopped; err != nil {
				t.Error(err)
			}
			for len(w.dialer.Dialled) > 0 {
				<-w.dialer.Dialled
			}
		}
	})
}

// TestCommandFollowsWhatCameBefore asks at once after a phone has hung up: whoever runs the
// command has read of that before.
func TestCommandFollowsWhatCameBefore(t *testing.T) {
	run(t, func(w *world) {
		for range 50 {
			leg, conn, _ := w.answered()
			synctest.Wait()
			leg.HangUp()
			if err := conn.Play(bg, call.Play{Prompts: hello}); !fault.Is(err, fault.KindNotFound) {
				t.Fatalf("got %v", err)
			}
		}
	})
}

// TestManyCommandsAtOnceAreAllRun has commands meet each other, so that some find the call
// free and others wait for their turn.
func TestManyCommandsAtOnceAreAllRun(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, _ := w.answered()
		const asked = 200
		answers := make(chan error, asked)
		for range asked {
			go func() {
				_, err := conn.Participants(bg)
				answers <- err
			}()
		}
		for range asked {
			if err := <-answers; err != nil {
				t.Error(err)
			}
		}
		leg.HangUp()
		synctest.Wait()
		if n := w.Active(); n != 0 {
			t.Errorf("%d calls are left", n)
		}
	})
}
