package speech

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// hearer is a provider that understands, breaks, or never answers.
type hearer struct {
	refuses error         // of Listen
	breaks  int           // transcribers that break at their first sample
	never   bool          // gives no result
	parts   bool          // gives a final result in the middle of each utterance
	delay   time.Duration // of a result
	tells   string        // the language that it identifies

	opened, closed atomic.Int32
	heard          []time.Duration // of each utterance that was finished, as it was written
	from           []time.Duration // where it began
}

func (h *hearer) Listen(context.Context, Listening) (Transcriber, error) {
	if h.refuses != nil {
		return nil, h.refuses
	}
	h.opened.Add(1)
	return &hearing{h: h, results: make(chan Result, 16)}, nil
}

type hearing struct {
	h       *hearer
	results chan Result
	n       int
	begun   time.Duration
	err     error
	broken  bool
}

var errBroke = &Error{Kind: Unreachable, Detail: "it broke"}

func (h *hearing) Write(at time.Duration, samples []int16) {
	if h.broken {
		return
	}
	if h.h.breaks > 0 {
		h.h.breaks--
		h.err, h.broken = errBroke, true
		close(h.results)
		return
	}
	if h.n == 0 {
		h.begun = at
	}
	before := h.n
	if h.n += len(samples); h.h.parts && before < 8000 && h.n >= 8000 {
		h.results <- Result{Text: "part", Final: true, Offset: h.begun, Duration: 500 * time.Millisecond}
	}
}

func (h *hearing) Finish() {
	h.h.heard, h.h.from = append(h.h.heard, durationOf(h.n, 16000)), append(h.h.from, h.begun)
	h.n = 0
	if !h.h.never && !h.broken {
		all := Result{Text: "all", Final: true, Last: true, Language: h.h.tells, Offset: h.begun}
		time.AfterFunc(h.h.delay, func() { h.results <- all })
	}
}

func (h *hearing) Results() <-chan Result { return h.results }
func (h *hearing) Err() error             { return h.err }
func (h *hearing) Close()                 { h.h.closed.Add(1) }

func hearers(list ...*hearer) *Recognizers {
	r := &Recognizers{}
	r.Choice.Log = quiet
	for i, h := range list {
		r.Choice.Default = append(r.Choice.Default, Named[Recognizer]{string(rune('a' + i)), h})
	}
	return r
}

// speakFor writes sound in real time, and finishes the utterance.
func speakFor(l Transcriber, at, d time.Duration) {
	for end := at + d; at < end; at += 20 * time.Millisecond {
		l.Write(at, make([]int16, 320))
		time.Sleep(20 * time.Millisecond)
	}
	l.Finish()
}

// TestNothingThatWasSaidIsLost: the next provider gets the utterance from its
// beginning, or from the end of what the one before has understood.
func TestNothingThatWasSaidIsLost(t *testing.T) {
	for _, test := range []struct {
		name   string
		first  *hearer
		heard  time.Duration // of the utterance of two seconds, by the second provider
		within time.Duration // from its end
	}{
		{"one that breaks", &hearer{breaks: 9}, 2 * time.Second, 0},
		{"one that refuses", &hearer{refuses: errBroke}, 2 * time.Second, 0},
		{"one that never answers", &hearer{never: true}, 2 * time.Second, answerWithin},
		{"one that never answers, but has understood a part", &hearer{never: true, parts: true}, 1500 * time.Millisecond, answerWithin},
	} {
		synctest.Test(t, func(t *testing.T) {
			second := &hearer{}
			l, err := hearers(test.first, second).Listen(t.Context(), Listening{Rate: 16000})
			if err != nil {
				t.Fatal(err)
			}
			speakFor(l, time.Second, 2*time.Second)
			began, last := time.Now(), Result{}
			for r := range l.Results() {
				if last = r; r.Last {
					break
				}
			}
			if took := time.Since(began); took > test.within+100*time.Millisecond {
				t.Errorf("%s: understood after %v", test.name, took)
			}
			synctest.Wait()
			if len(second.heard) != 1 || second.heard[0] != test.heard || second.from[0] != 3*time.Second-test.heard || last.Text != "all" {
				t.Errorf("%s: the second heard %v from %v, last result %+v", test.name, second.heard, second.from, last)
			}
			l.Close()
			if test.first.opened.Load() != test.first.closed.Load() || second.opened.Load() != second.closed.Load() {
				t.Errorf("%s: %d and %d are closed of %d and %d", test.name, test.first.closed.Load(), second.closed.Load(), test.first.opened.Load(), second.opened.Load())
			}
		})
	}
}

// TestLanguageThatIsNotIdentified is the expected one; of several it is unknown, unless the
// provider tells which.
func TestLanguageThatIsNotIdentified(t *testing.T) {
	for _, test := range []struct {
		expected []string
		told     string
		want     string
	}{
		{nil, "", ""}, {[]string{"de-DE"}, "", "de-DE"}, {[]string{"de-DE", "en-US"}, "", ""},
		{[]string{"de-DE", "en-US"}, "english", "en-US"}, {[]string{"de-DE", "en-US"}, "en", "en-US"}, {[]string{"de-DE", "en-US"}, "french", ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			l, err := hearers(&hearer{tells: test.told}).Listen(t.Context(), Listening{Rate: 16000, Languages: test.expected})
			if err != nil {
				t.Fatal(err)
			}
			speakFor(l, 0, time.Second)
			if r := <-l.Results(); r.Text != "all" || r.Language != test.want {
				t.Errorf("of %v, told %q: %+v", test.expected, test.told, r)
			}
			l.Close()
		})
	}
}

// TestProviderIsConnectedWhileSomebodySpeaks: not before, and not for ever.
func TestProviderIsConnectedWhileSomebodySpeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hearer{}
		l, _ := hearers(h).Listen(t.Context(), Listening{Rate: 16000})
		time.Sleep(time.Minute)
		synctest.Wait()
		if h.opened.Load() != 0 {
			t.Error("it is connected while nobody speaks")
		}
		for range 2 {
			speakFor(l, 0, time.Second)
			<-l.Results()
			time.Sleep(10 * time.Second)
		}
		synctest.Wait()
		if h.opened.Load() != 1 || h.closed.Load() != 0 {
			t.Errorf("opened %d times, closed %d times", h.opened.Load(), h.closed.Load())
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if h.closed.Load() != 1 {
			t.Error("it is connected while nobody speaks any more")
		}
		speakFor(l, 0, time.Second)
		r := <-l.Results()
		if synctest.Wait(); !r.Last || h.opened.Load() != 2 {
			t.Errorf("got %+v, opened %d times", r, h.opened.Load())
		}
		l.Close()
	})
}

// TestAllProvidersFail: the error is that of the first.
func TestAllProvidersFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, _ := hearers(&hearer{breaks: 9}, &hearer{refuses: errors.New("other")}).Listen(t.Context(), Listening{Rate: 16000})
		speakFor(l, 0, time.Second)
		if r, open := <-l.Results(); open || !errors.Is(l.Err(), errBroke) {
			t.Errorf("got %+v, %v", r, l.Err())
		}
		l.Close()
	})
}

// TestUtterancesThatWaitAreBounded: those beyond the bound have no result.
func TestUtterancesThatWaitAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hearer{never: true}
		l, _ := hearers(h).Listen(t.Context(), Listening{Rate: 16000})
		for range 3 * maxUtterances {
			l.Write(0, make([]int16, 16000))
			l.Finish()
		}
		synctest.Wait()
		if len(h.heard) != maxUtterances {
			t.Errorf("%d utterances wait", len(h.heard))
		}
		l.Close()
	})
}
