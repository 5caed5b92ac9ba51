package speech

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestProviderThatFailsIsAskedLast: after three failures in a row, for a while, so that
// callers do not wait for it again and again.
func TestProviderThatFailsIsAskedLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never, other := &fake{never: true}, &fake{says: "two"}
		s := synthesizers(never, other)
		speak := func() time.Duration {
			t.Helper()
			began := time.Now()
			sound, err := s.Speak(t.Context(), Utterance{Text: "x"})
			if err != nil {
				t.Fatal(err)
			}
			sound.Close()
			return time.Since(began)
		}
		for range breakAfter {
			if took := speak(); took != firstSoundWithin {
				t.Errorf("the next one was heard after %v", took)
			}
		}
		if took := speak(); took != 0 || never.asked != breakAfter {
			t.Errorf("the next one was heard after %v, the first was asked %d times", took, never.asked)
		}
		time.Sleep(breakFor.First)
		if took := speak(); took != firstSoundWithin { // one finds out
			t.Errorf("half-open, the next one was heard after %v", took)
		}
		if took := speak(); took != 0 {
			t.Errorf("still broken, the next one was heard after %v", took)
		}
		never.never, never.says = false, "one"
		time.Sleep(time.Minute)
		if speak(); never.asked != breakAfter+2 {
			t.Errorf("the first was asked %d times", never.asked)
		}
		for range 3 {
			speak()
		}
		if never.asked != breakAfter+5 {
			t.Errorf("it works again, and was asked %d times", never.asked)
		}
	})
}

// TestWhatOneRequestDoesWrongOpensNoCircuit: a voice that is unknown says nothing about
// the provider.
func TestWhatOneRequestDoesWrongOpensNoCircuit(t *testing.T) {
	for _, test := range []struct {
		err  error
		ails bool
	}{
		{&Error{Kind: Rejected, Status: 400}, false}, {&Error{Kind: Empty}, false}, {&Error{Kind: Unconfigured}, false},
		{&Error{Kind: Rejected, Status: 401}, true}, {&Error{Kind: Rejected, Status: 429}, true}, {&Error{Kind: Broken, Status: 500}, true},
		{&Error{Kind: Unreachable}, true}, {errors.New("other"), true},
	} {
		var b breaker
		now := time.Now()
		for range breakAfter {
			b.tell(test.err, now)
		}
		if b.ready(now) == test.ails {
			t.Errorf("%v opens the circuit: %v", test.err, !test.ails)
		}
	}
}

// TestSomebodyIsHeardWithin20Seconds: however many never answer.
func TestSomebodyIsHeardWithin20Seconds(t *testing.T) {
	for silent := range 6 {
		synctest.Test(t, func(t *testing.T) {
			var list []*fake
			for range silent {
				list = append(list, &fake{never: true})
			}
			began := time.Now()
			sound, err := synthesizers(append(list, &fake{says: "x"})...).Speak(t.Context(), Utterance{Text: "x"})
			if err != nil || time.Since(began) > 20*time.Second {
				t.Errorf("after %d that do not answer: %v, %v", silent, time.Since(began), err)
				return
			}
			sound.Close()
		})
	}
}
