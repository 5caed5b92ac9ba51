package speech

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// fake speaks, fails, or never answers.
type fake struct {
	says  string
	err   error
	never bool
	asked int
	delay time.Duration
}

func (f *fake) Speak(ctx context.Context, _ Utterance) (*Sound, error) {
	f.asked++
	if f.never {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if f.err != nil {
		return nil, f.err
	}
	return &Sound{Rate: 8000, ReadCloser: io.NopCloser(strings.NewReader(f.says))}, nil
}

func (f *fake) Understand(ctx context.Context, wav []byte, l Listening) (Result, error) {
	f.asked++
	time.Sleep(f.delay)
	if f.err != nil {
		return Result{}, f.err
	}
	samples, rate, err := audio.ReadWAV(bytes.NewReader(wav), time.Minute)
	if err != nil || rate != l.Rate {
		return Result{}, errors.New("no WAV file")
	}
	return Result{Text: strings.Repeat("x", len(samples)/rate)}, nil
}

var quiet = slog.New(slog.DiscardHandler)

func synthesizers(list ...*fake) *Synthesizers {
	s := &Synthesizers{}
	s.Choice.Log = quiet
	for i, f := range list {
		s.Choice.Default = append(s.Choice.Default, Named[Synthesizer]{string(rune('a' + i)), f})
	}
	return s
}

func TestNextProviderSpeaks(t *testing.T) {
	broken := &Error{Kind: Rejected, Status: 401, Detail: "the key is wrong"}
	for _, test := range []struct {
		name   string
		list   []*fake
		says   string
		within time.Duration
		err    error
	}{
		{"the first", []*fake{{says: "one"}, {says: "two"}}, "one", 0, nil},
		{"the second, after a failure", []*fake{{err: broken}, {says: "two"}}, "two", 0, nil},
		{"the third, after one that never answers", []*fake{{err: broken}, {never: true}, {says: "three"}}, "three", 10 * time.Second, nil},
		{"nobody: the first failure is told", []*fake{{err: broken}, {err: errors.New("other")}}, "", 0, broken},
		{"nobody is configured", nil, "", 0, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			sound, err := synthesizers(test.list...).Speak(t.Context(), Utterance{Text: "x"})
			if took := time.Since(began); took > test.within {
				t.Errorf("%s: it took %v", test.name, took)
			}
			if test.says == "" {
				var failure *Error
				if !errors.As(err, &failure) || test.err != nil && !errors.Is(err, test.err) || test.err == nil && failure.Kind != Unconfigured {
					t.Errorf("%s: %v", test.name, err)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
			time.Sleep(time.Minute) // a sound goes on beyond the limit of its beginning
			if got, err := io.ReadAll(sound); string(got) != test.says || err != nil {
				t.Errorf("%s: %q, %v", test.name, got, err)
			}
			sound.Close()
		})
	}
}

func TestEndpointChoosesItsProvider(t *testing.T) {
	own, other := &fake{says: "own"}, &fake{says: "other"}
	s := synthesizers(other)
	s.Choice.Endpoints = map[string]Named[Synthesizer]{"https://contoso.cognitiveservices.azure.com": {"own", own}}
	for endpoint, want := range map[string]string{"https://Contoso.cognitiveservices.azure.com/": "own", "https://other.example": "other", "": "other"} {
		sound, err := s.Speak(t.Context(), Utterance{Text: "x", Endpoints: Endpoints{Main: endpoint}})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(sound); string(got) != want {
			t.Errorf("%q is spoken by %s", endpoint, got)
		}
		sound.Close()
	}
	own.err = errors.New("down")
	if sound, err := s.Speak(t.Context(), Utterance{Text: "x", Endpoints: Endpoints{Main: "https://contoso.cognitiveservices.azure.com"}}); err != nil || sound.Close() != nil || other.asked != 3 {
		t.Errorf("the default provider did not follow: %v", err)
	}
}

// TestBackupEndpointIsAskedSecond: after the provider of the application's first endpoint,
// and before the default ones.
func TestBackupEndpointIsAskedSecond(t *testing.T) {
	const first, second = "https://first.example", "https://second.example/"
	s := synthesizers(&fake{}, &fake{})
	s.Choice.Endpoints = map[string]Named[Synthesizer]{"https://first.example": {"first", &fake{}}, "https://second.example": {"second", &fake{}}, "https://b.example": s.Default[1]}
	for of, want := range map[Endpoints]string{
		{}:                              "a b",
		{Main: first}:                   "first a b",
		{Main: first, Backup: second}:   "first second a b",
		{Backup: second}:                "second a b",
		{Main: "https://no.example"}:    "a b",
		{Main: first, Backup: first}:    "first a b",
		{Main: first, Backup: "no"}:     "first a b",
		{Main: "no", Backup: second}:    "second a b",
		{Backup: "https://b.example"}:   "b a",
		{Main: "no", Backup: "no, too"}: "a b",
	} {
		var got []string
		for _, p := range s.order(of) {
			got = append(got, p.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%+v: %v, want %s", of, got, want)
		}
	}
}

func listen(t *testing.T, list ...*fake) Transcriber {
	t.Helper()
	r := &Recognizers{}
	r.Choice.Log = quiet
	for i, f := range list {
		r.Choice.Default = append(r.Choice.Default, Named[Recognizer]{string(rune('a' + i)), Uploading{f}})
	}
	made, err := r.Listen(t.Context(), Listening{Rate: 16000})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestUtterancesAreUnderstoodInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := listen(t, &fake{err: errors.New("down")}, &fake{delay: 300 * time.Millisecond})
		l.Write(time.Second, make([]int16, 16000))
		l.Write(2*time.Second, make([]int16, 16000))
		l.Finish()
		l.Write(10*time.Second, make([]int16, 3*16000))
		l.Finish()
		l.Finish() // nothing was said: there is no result
		for _, want := range []struct {
			text string
			at   time.Duration
		}{{"xx", time.Second}, {"xxx", 10 * time.Second}} {
			if got := <-l.Results(); got.Text != want.text || !got.Final || !got.Last || got.Offset != want.at {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
		l.Close()
		if _, open := <-l.Results(); open || l.Err() != nil {
			t.Errorf("after Close: %v", l.Err())
		}
	})
}

func TestFailureOfAllProvidersEndsATranscriber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := &Error{Kind: Unreachable, Detail: "down"}
		l := listen(t, &fake{err: down})
		l.Write(0, make([]int16, 160))
		l.Finish()
		if got, open := <-l.Results(); open || !errors.Is(l.Err(), down) {
			t.Errorf("got %+v, %v", got, l.Err())
		}
		l.Close()
	})
}

// TestUtteranceIsBounded: a minute of it is kept.
func TestUtteranceIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := listen(t, &fake{})
		for range 100 {
			l.Write(0, make([]int16, 16000))
		}
		l.Finish()
		if got := <-l.Results(); len(got.Text) != 60 {
			t.Errorf("%d seconds were kept", len(got.Text))
		}
		l.Close()
	})
}
