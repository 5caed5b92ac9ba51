package speech

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// eager counts how often it is told to connect.
type eager struct {
	fake
	warmed int
}

func (e *eager) Warm(context.Context) { e.warmed++ }

// TestWhoIsAskedFirstConnectsBeforehand: where an application has named it, or it has spoken
// within the hour; nobody else.
func TestWhoIsAskedFirstConnectsBeforehand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		named, first, second := &eager{}, &eager{}, &eager{}
		s := &Synthesizers{}
		s.Choice.Log = quiet
		s.Choice.Default = []Named[Synthesizer]{{"first", first}, {"second", second}}
		s.Choice.Endpoints = map[string]Named[Synthesizer]{"https://named.test": {"named", named}}
		want := func(when string, n, f int) {
			t.Helper()
			if named.warmed != n || first.warmed != f || second.warmed != 0 {
				t.Errorf("%s: connected %d, %d and %d times", when, named.warmed, first.warmed, second.warmed)
			}
		}
		s.Warm(t.Context(), Endpoints{})
		s.Warm(t.Context(), Endpoints{Main: "https://other.test"})
		if s.CanWarm(Endpoints{}) || !s.CanWarm(Endpoints{Main: "https://named.test"}) {
			t.Error("only who is named can connect now")
		}
		want("nobody has spoken", 0, 0)
		s.Warm(t.Context(), Endpoints{Main: "https://NAMED.test/"})
		want("named", 1, 0)
		if _, err := s.Speak(t.Context(), Utterance{Text: "hello"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		s.Warm(t.Context(), Endpoints{})
		want("it has spoken", 1, 1)
		time.Sleep(time.Hour)
		s.Warm(t.Context(), Endpoints{})
		want("an hour later", 1, 1)
		(&Synthesizers{}).Warm(t.Context(), Endpoints{})
	})
}
