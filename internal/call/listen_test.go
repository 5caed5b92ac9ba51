package call_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/speech"
)

const ms = time.Millisecond

// speaks is a phone that says something for a second.
func speaks(leg *calltest.Leg) { leg.Say(audiotest.Speech(8000, 1000)) }

func final(text string) [][]speech.Result { return [][]speech.Result{{{Text: text, Final: true}}} }

var menu = []call.Choice{
	{Label: "Sales", Phrases: []string{"sales", "one"}, Tone: '1'},
	{Label: "Support", Phrases: []string{"support", "two"}, Tone: '2'},
}

// hearing starts a recognition of a phone, and returns how to wait for its end.
func (w *world) hearing(r call.Recognize) (leg *calltest.Leg, end func() (call.Event, time.Duration)) {
	w.Helper()
	leg, conn, id := w.answered()
	r.Target = phone(aPhone)
	if r.InitialSilence == 0 {
		r.InitialSilence = 5 * time.Second
	}
	if r.EndSilence == 0 {
		r.EndSilence = 500 * ms
	}
	r.InterTone = 2 * time.Second
	w.must(conn.Recognize(bg, r))
	synctest.Wait()
	began := time.Now()
	return leg, func() (call.Event, time.Duration) {
		w.Helper()
		for range 3000 {
			synctest.Wait()
			switch e := w.last(id).(type) {
			case call.RecognizeCompleted, call.RecognizeFailed, call.CallDisconnected:
				return e, time.Since(began)
			}
			time.Sleep(10 * ms)
		}
		w.Fatal("the recognition has no end")
		return nil, 0
	}
}

// TestWhatWasSaidIsUnderstood: every way in which a recognition of speech ends.
func TestWhatWasSaidIsUnderstood(t *testing.T) {
	broken := &speech.Error{Kind: speech.Unreachable, Detail: "nobody answers"}
	for _, test := range []struct {
		name       string
		input      call.Input
		recognizer *calltest.Recognizer
		does       func(*calltest.Leg)
		by         call.RecognizeEnd
		text       string // what was said; of a choice its label; keys
		cause      error
	}{
		{"speech", call.SpeechInput, &calltest.Recognizer{Understood: final("hello there")}, speaks, call.SpeechRecognized, "hello there", nil},
		{"speech in several results", call.SpeechInput, &calltest.Recognizer{Understood: [][]speech.Result{{{Text: "hello", Final: true}, {Text: "there", Final: true}}}}, speaks, call.SpeechRecognized, "hello there", nil},
		{"a hypothesis, if no result comes", call.SpeechInput, &calltest.Recognizer{Hypothesis: "hello the"}, speaks, call.SpeechRecognized, "hello the", nil},
		{"speech without a word", call.SpeechInput, &calltest.Recognizer{Understood: final("")}, speaks, call.NotUnderstood, "", nil},
		{"no speech", call.SpeechInput, &calltest.Recognizer{}, func(*calltest.Leg) {}, call.InitialSilence, "", nil},
		{"keys, where only speech is wanted", call.SpeechInput, &calltest.Recognizer{}, func(l *calltest.Leg) { l.Press("1") }, call.InitialSilence, "", nil},
		{"a service that fails", call.SpeechInput, &calltest.Recognizer{Fails: broken}, speaks, call.SpeechFailed, "", broken},
		{"a service that is not there", call.SpeechInput, &calltest.Recognizer{Refuses: broken}, speaks, call.SpeechFailed, "", broken},
		{"a service that never answers", call.SpeechInput, &calltest.Recognizer{}, speaks, call.SpeechFailed, "", errors.New("")},
		{"a choice by phrase", call.ChoicesInput, &calltest.Recognizer{Understood: final("Sales, please.")}, speaks, call.ChoiceBySpeech, "Sales", nil},
		{"no choice", call.ChoicesInput, &calltest.Recognizer{Understood: final("maybe later")}, speaks, call.NoSuchChoice, "", nil},
		{"a choice by key", call.ChoicesInput, &calltest.Recognizer{}, func(l *calltest.Leg) { l.Press("2") }, call.ChoiceByTone, "Support", nil},
		{"a choice by key without a service", call.ChoicesInput, &calltest.Recognizer{Refuses: broken}, func(l *calltest.Leg) { l.Press("2") }, call.ChoiceByTone, "Support", nil},
		{"a wrong key", call.ChoicesInput, &calltest.Recognizer{}, func(l *calltest.Leg) { l.Press("9") }, call.WrongTone, "", nil},
		{"keys or speech: keys", call.SpeechOrTonesInput, &calltest.Recognizer{}, func(l *calltest.Leg) { l.Press("12") }, call.InterToneTimeout, "12", nil},
		{"keys or speech: speech", call.SpeechOrTonesInput, &calltest.Recognizer{Understood: final("yes")}, speaks, call.SpeechRecognized, "yes", nil},
		{"keys after a word", call.SpeechOrTonesInput, &calltest.Recognizer{Hypothesis: "ye", Understood: final("yes")}, func(l *calltest.Leg) { speaks(l); time.Sleep(700 * ms); l.Press("1") }, call.SpeechRecognized, "yes", nil},
		{"keys after a noise", call.SpeechOrTonesInput, &calltest.Recognizer{}, func(l *calltest.Leg) { speaks(l); time.Sleep(700 * ms); l.Press("1") }, call.InterToneTimeout, "1", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, func(w *world) {
				w.recognizer = test.recognizer
				w.Registry = w.remake(false)
				leg, end := w.hearing(call.Recognize{Input: test.input, Choices: menu, Languages: []string{"de-DE"}})
				test.does(leg)
				switch e, _ := end(); e := e.(type) {
				case call.RecognizeCompleted:
					got := e.Said.Text
					switch {
					case e.Input == call.ChoicesInput:
						got = e.Said.Label
					case e.Input == call.TonesInput:
						got = tonesOf(e.Tones)
					}
					if e.By != test.by || got != test.text {
						t.Errorf("completed by %d with %q", e.By, got)
					}
				case call.RecognizeFailed:
					if e.By != test.by || test.cause != nil && test.cause.Error() != "" && !errors.Is(e.Cause, test.cause) || (e.Cause == nil) != (test.cause == nil) {
						t.Errorf("failed by %d: %v", e.By, e.Cause)
					}
				default:
					t.Errorf("ended with %T", e)
				}
				if asked := test.recognizer.Asked(); len(asked) != 1 || asked[0].Languages[0] != "de-DE" || (test.input == call.ChoicesInput) != asked[0].Closed || len(asked[0].Phrases) != 4 {
					t.Errorf("asked for %+v", asked)
				}
				leg.HangUp()
				synctest.Wait()
				if n := test.recognizer.Open(); n != 0 {
					t.Errorf("%d transcribers are left", n)
				}
			})
		})
	}
}

// TestTimesOfSpeech: what the application asked for, to the frame.
func TestTimesOfSpeech(t *testing.T) {
	for _, test := range []struct {
		name     string
		r        call.Recognize
		says     time.Duration // when the phone speaks, for a second; 0: never
		prompt   bool          // of a second
		from, to time.Duration // when it ends
	}{
		{"end silence of 500 ms", call.Recognize{}, 300 * ms, false, 1700 * ms, 1900 * ms},
		{"end silence of 2 s", call.Recognize{EndSilence: 2 * time.Second}, 300 * ms, false, 3200 * ms, 3400 * ms},
		{"initial silence", call.Recognize{InitialSilence: 3 * time.Second}, 0, false, 2980 * ms, 3040 * ms},
		{"initial silence from the prompt's end", call.Recognize{InitialSilence: 3 * time.Second}, 0, true, 3980 * ms, 4100 * ms},
		{"speech just in time", call.Recognize{InitialSilence: 2 * time.Second}, 1600 * ms, false, 3000 * ms, 3200 * ms},
		{"speech over a prompt that goes on", call.Recognize{}, 200 * ms, true, 1650 * ms, 1850 * ms},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, func(w *world) {
				w.recognizer = &calltest.Recognizer{Understood: final("yes")}
				w.Registry = w.remake(false)
				test.r.Input = call.SpeechInput
				if test.prompt {
					test.r.Prompts = hello
				}
				leg, end := w.hearing(test.r)
				if test.says > 0 {
					time.Sleep(test.says)
					speaks(leg)
				}
				if e, took := end(); took < test.from || took > test.to {
					t.Errorf("%T after %v, want between %v and %v", e, took, test.from, test.to)
				}
				if heard, _ := w.recognizer.(*calltest.Recognizer).Heard(); test.says == 0 && heard != 0 {
					t.Errorf("nobody spoke, and the recogniser was given %v", heard)
				}
				leg.HangUp()
			})
		})
	}
}

// TestSpeechInterruptsAPrompt: within 250 ms, and the recogniser hears its beginning.
func TestSpeechInterruptsAPrompt(t *testing.T) {
	run(t, func(w *world) {
		w.recognizer = &calltest.Recognizer{Understood: final("yes")}
		w.Registry = w.remake(false)
		long := []call.Prompt{hello[0], hello[0], hello[0], hello[0], hello[0]}
		leg, end := w.hearing(call.Recognize{Input: call.SpeechInput, Prompts: long, InterruptPrompt: true})
		time.Sleep(time.Second)
		before := leg.Heard()
		speaks(leg)
		time.Sleep(300 * ms)
		stopped := leg.Heard()
		time.Sleep(300 * ms)
		if leg.Heard() != stopped || stopped-before > 15 {
			t.Errorf("the phone heard %d frames of the prompt after it had begun to speak, and %d later", stopped-before, leg.Heard()-stopped)
		}
		if e, _ := end(); e.(call.RecognizeCompleted).Said.Text != "yes" {
			t.Errorf("ended with %+v", e)
		}
		if all, from := w.recognizer.(*calltest.Recognizer).Heard(); from > time.Second || all < 1400*ms {
			t.Errorf("the recogniser heard %v, from %v on; the phone spoke from 1 s to 2 s", all, from)
		}
		leg.HangUp()
	})
}

// TestChoicesWithoutAServiceSayWhy: keys work; speech is told why it does not.
func TestChoicesWithoutAServiceSayWhy(t *testing.T) {
	run(t, func(w *world) {
		leg, end := w.hearing(call.Recognize{Input: call.ChoicesInput, Choices: menu})
		speaks(leg)
		e, _ := end()
		failed, ok := e.(call.RecognizeFailed)
		var cause *speech.Error
		if !ok || !errors.As(failed.Cause, &cause) || cause.Kind != speech.Unconfigured || !strings.Contains(cause.Detail, "configured") {
			t.Errorf("ended with %+v", e)
		}
		leg.HangUp()
	})
}

func TestHangupCancelsListening(t *testing.T) {
	run(t, func(w *world) {
		recognizer := &calltest.Recognizer{}
		w.recognizer = recognizer
		w.Registry = w.remake(false)
		leg, end := w.hearing(call.Recognize{Input: call.SpeechInput})
		speaks(leg)
		time.Sleep(500 * ms)
		leg.HangUp()
		if e, _ := end(); recognizer.Open() != 0 {
			t.Errorf("ended with %T, %d transcribers are left", e, recognizer.Open())
		}
	})
}
