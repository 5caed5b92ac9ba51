package streaming

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/speech"
)

func TestTranscriptionMessagesAreWhatParsersAskFor(t *testing.T) {
	sure := 0.75
	for _, test := range []struct {
		name string
		got  []byte
		want string
	}{
		{"metadata", appendTranscriptionMetadata(nil, TranscriptConfig{Subscription: "s", Locale: "en-US", ConnectionID: "c", CorrelationID: "r"}),
			`{"kind":"TranscriptionMetadata","transcriptionMetadata":{"subscriptionId":"s","locale":"en-US","callConnectionId":"c","correlationId":"r"}}`},
		{"a final result", appendTranscription(nil, "4:+1555", speech.Result{Text: `He said "yes".`, Final: true, Confidence: &sure, Offset: time.Second, Duration: 500 * time.Millisecond, Words: []speech.Word{{Text: "He", Offset: time.Second, Duration: 100 * time.Millisecond}}}),
			`{"kind":"TranscriptionData","transcriptionData":{"text":"He said \"yes\".","format":"display","confidence":0.75,"offset":10000000,"duration":5000000,"words":[{"text":"He","offset":10000000,"duration":1000000}],"participantRawID":"4:+1555","resultStatus":"Final"}}`},
		{"a hypothesis", appendTranscription(nil, "4:+1555", speech.Result{Text: "he"}),
			`{"kind":"TranscriptionData","transcriptionData":{"text":"he","format":"display","confidence":0,"offset":0,"duration":0,"words":[],"participantRawID":"4:+1555","resultStatus":"Intermediate"}}`},
	} {
		if string(test.got) != test.want || !json.Valid(test.got) {
			t.Errorf("%s:\n got %s\nwant %s", test.name, test.got, test.want)
		}
	}
}

// understanding is a provider that understands how long somebody has spoken, in which
// language.
type understanding struct{ err error }

func (u *understanding) Understand(_ context.Context, wav []byte, l speech.Listening) (speech.Result, error) {
	time.Sleep(200 * time.Millisecond)
	return speech.Result{Text: l.Languages[0]}, u.err
}

// transcribe runs a transcription of one participant, who speaks at the given moments,
// for a second each.
func transcribe(t *testing.T, provider speech.Uploader, speaks []time.Duration, during func(*Transcript, time.Duration)) (*application, []Report) {
	if provider == nil {
		return transcribeBy(t, nil, TranscriptConfig{Locale: "en-US"}, speaks, during)
	}
	return transcribeBy(t, speech.Uploading{Uploader: provider}, TranscriptConfig{Locale: "en-US"}, speaks, during)
}

// transcript opens a transcription for the application.
func (a *application) transcript(provider speech.Recognizer, cfg TranscriptConfig, report func(Report)) *Transcript {
	d := &Dialer{Token: func(context.Context) (string, error) { return "a-token", nil }, Log: slog.New(slog.DiscardHandler), netDial: a.dial}
	r := &speech.Recognizers{}
	r.Choice.Log = d.Log
	if provider != nil {
		r.Choice.Default = []speech.Named[speech.Recognizer]{{Name: "fake", Provider: provider}}
	}
	cfg.URL, cfg.Subscription, cfg.ConnectionID, cfg.CorrelationID = "ws://app.test/", "s", "c", "r"
	return d.Transcribe(cfg, r, report)
}

func transcribeBy(t *testing.T, provider speech.Recognizer, cfg TranscriptConfig, speaks []time.Duration, during func(*Transcript, time.Duration)) (*application, []Report) {
	app := &application{t: t}
	var reports []Report
	synctest.Test(t, func(t *testing.T) {
		s := app.transcript(provider, cfg, func(r Report) { reports = append(reports, r) })
		synctest.Wait()
		ear := s.Participant("4:+15551230001")
		said := audiotest.Speech(8000, 1000)
		for at := time.Duration(0); at < speaks[len(speaks)-1]+4*time.Second; at += 20 * time.Millisecond {
			if during != nil {
				during(s, at)
			}
			var f audio.Frame
			for _, from := range speaks {
				if at >= from && at < from+time.Second {
					i := int((at - from) / time.Millisecond * 8)
					f = said[i : i+160]
				}
			}
			ear.HearFrame(audio.Tick(1000+at/(20*time.Millisecond)), f)
			time.Sleep(20 * time.Millisecond)
			synctest.Wait()
		}
		ear.(io.Closer).Close()
		s.Close()
		if app.conn != nil {
			app.conn.Close()
		}
	})
	return app, reports
}

func TestEverybodyIsTranscribed(t *testing.T) {
	app, reports := transcribe(t, &understanding{}, []time.Duration{time.Second, 4 * time.Second}, func(s *Transcript, at time.Duration) {
		if at == 3*time.Second {
			s.Update("de-DE", "")
		}
	})
	if len(reports) != 1 || reports[0] != (Opened{}) {
		t.Fatalf("reports: %v", reports)
	}
	if m := app.got("TranscriptionMetadata"); len(m) != 1 || app.messages[0].text != m[0].text {
		t.Errorf("metadata: %v", m)
	}
	var got []string
	for _, m := range app.got("TranscriptionData") {
		var data struct {
			TranscriptionData struct {
				Text, ParticipantRawID string
				Offset, Duration       int64
			}
		}
		if err := json.Unmarshal([]byte(m.text), &data); err != nil {
			t.Fatal(err)
		}
		d := data.TranscriptionData
		got = append(got, d.Text)
		want := []time.Duration{time.Second, 4 * time.Second}[len(got)-1] // less the pre-roll
		if at := time.Duration(d.Offset) * tick; at < want-500*time.Millisecond || at > want+200*time.Millisecond || d.ParticipantRawID != "4:+15551230001" {
			t.Errorf("%s was said at %v by %s", d.Text, at, d.ParticipantRawID)
		}
	}
	if strings.Join(got, " ") != "en-US de-DE" {
		t.Errorf("got %v", got)
	}
}

// guessing is a provider that has a hypothesis of what it hears, and a language.
type guessing struct{ asked []speech.Listening }

func (g *guessing) Listen(_ context.Context, l speech.Listening) (speech.Transcriber, error) {
	g.asked = append(g.asked, l)
	return &guess{results: make(chan speech.Result, 4), language: l.Languages[len(l.Languages)-1]}, nil
}

type guess struct {
	results  chan speech.Result
	language string
	begun    time.Duration
	heard    int
}

func (g *guess) Write(at time.Duration, samples []int16) {
	if g.heard += len(samples); g.heard == len(samples) {
		g.begun = at
	}
	if g.heard >= 16000 && g.heard-len(samples) < 16000 {
		g.results <- speech.Result{Text: "good", Offset: g.begun, Language: g.language}
	}
}

func (g *guess) Finish() {
	g.results <- speech.Result{
		Text: "Good morning.", Final: true, Last: true, Offset: g.begun, Duration: time.Second, Language: g.language,
		Words: []speech.Word{{Text: "good", Offset: g.begun, Duration: 300 * time.Millisecond}},
	}
	g.heard = 0
}

func (g *guess) Results() <-chan speech.Result { return g.results }
func (g *guess) Err() error                    { return nil }
func (g *guess) Close()                        { close(g.results) }

// TestHypothesesAreToldIfTheyAreWanted: before the final result, which has the times of
// words; and the language, if it was one of several.
func TestHypothesesAreToldIfTheyAreWanted(t *testing.T) {
	for _, test := range []struct {
		cfg  TranscriptConfig
		want string
	}{
		{TranscriptConfig{Locale: "en-US"}, `Final|Good morning.|1|;`},
		{TranscriptConfig{Locale: "en-US", Intermediate: true}, `Intermediate|good|0|;Final|Good morning.|1|;`},
		{TranscriptConfig{Locale: "en-US", Locales: []string{"en-US", "de-DE"}}, `Final|Good morning.|1|de-DE;`},
	} {
		provider := &guessing{}
		app, _ := transcribeBy(t, provider, test.cfg, []time.Duration{time.Second}, nil)
		got := ""
		for _, m := range app.got("TranscriptionData") {
			var data struct {
				TranscriptionData struct {
					Text, ResultStatus, LanguageIdentified string
					Words                                  []any
				}
			}
			if err := json.Unmarshal([]byte(m.text), &data); err != nil {
				t.Fatal(err)
			}
			d := data.TranscriptionData
			got += fmt.Sprintf("%s|%s|%d|%s;", d.ResultStatus, d.Text, len(d.Words), d.LanguageIdentified)
		}
		if got != test.want {
			t.Errorf("%+v: got %s, want %s", test.cfg, got, test.want)
		}
		if asked := provider.asked[0]; !asked.Words || asked.Intermediate != test.cfg.Intermediate || len(asked.Languages) != max(1, len(test.cfg.Locales)) {
			t.Errorf("asked for %+v", asked)
		}
	}
}

func TestTranscriptionWithoutAProviderFails(t *testing.T) {
	app, reports := transcribe(t, nil, []time.Duration{0}, nil)
	var why *speech.Error
	if failed, ok := reports[0].(Failed); !ok || !errors.As(failed.Err, &why) || why.Kind != speech.Unconfigured || app.dials != 0 {
		t.Errorf("reports: %v", reports)
	}
}

// slow is a provider that takes its time.
type slow time.Duration

func (s slow) Understand(ctx context.Context, _ []byte, _ speech.Listening) (speech.Result, error) {
	select {
	case <-time.After(time.Duration(s)):
		return speech.Result{Text: "Goodbye."}, nil
	case <-ctx.Done():
		return speech.Result{}, ctx.Err()
	}
}

// TestLastWordsAreTranscribed: what somebody says until they hang up, or the application
// stops the transcription. A provider that does not answer delays the end by seconds.
func TestLastWordsAreTranscribed(t *testing.T) {
	for _, test := range []struct {
		name    string
		takes   time.Duration // the provider
		speaks  bool
		results int
		most    time.Duration // that the end takes
	}{
		{"an answer in time", time.Second, true, 1, time.Second},
		{"no answer", time.Hour, true, 0, lastWords},
		{"nothing was said", time.Hour, false, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			app := &application{t: t}
			synctest.Test(t, func(t *testing.T) {
				s := app.transcript(speech.Uploading{Uploader: slow(test.takes)}, TranscriptConfig{Locale: "en-US"}, func(Report) {})
				ear, said := s.Participant("4:+15551230001"), audiotest.Speech(8000, 1000)
				for i := range 50 {
					var f audio.Frame
					if test.speaks {
						f = said[160*i : 160*(i+1)]
					}
					ear.HearFrame(audio.Tick(i), f)
					time.Sleep(20 * time.Millisecond)
				}
				began := time.Now()
				ear.(io.Closer).Close()
				s.Close()
				if took := time.Since(began); took > test.most {
					t.Errorf("the end took %v", took)
				}
				synctest.Wait()
				app.conn.Close()
			})
			if n := len(app.got("TranscriptionData")); n != test.results {
				t.Errorf("%d results", n)
			}
		})
	}
}

// TestThreeFailuresEndATranscription: one or two do not.
func TestThreeFailuresEndATranscription(t *testing.T) {
	down := &understanding{err: &speech.Error{Kind: speech.Unreachable, Detail: "down"}}
	if _, reports := transcribe(t, down, []time.Duration{0, 3 * time.Second}, nil); len(reports) != 1 {
		t.Errorf("after two: %v", reports)
	}
	_, reports := transcribe(t, down, []time.Duration{0, 3 * time.Second, 6 * time.Second}, nil)
	if failed, ok := reports[len(reports)-1].(Failed); !ok || !strings.Contains(failed.Err.Error(), "down") {
		t.Errorf("after three: %v", reports)
	}
}
