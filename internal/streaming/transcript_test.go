package streaming

import (
	"context"
	"encoding/json"
	"errors"
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
	app := &application{t: t}
	var reports []Report
	synctest.Test(t, func(t *testing.T) {
		d := &Dialer{Token: func(context.Context) (string, error) { return "a-token", nil }, Log: slog.New(slog.DiscardHandler), netDial: app.dial}
		r := &speech.Recognizers{}
		r.Choice.Log = d.Log
		if provider != nil {
			r.Choice.Default = []speech.Named[speech.Uploader]{{Name: "fake", Provider: provider}}
		}
		s := d.Transcribe(TranscriptConfig{URL: "ws://app.test/", Subscription: "s", ConnectionID: "c", CorrelationID: "r", Locale: "en-US"}, r, func(r Report) { reports = append(reports, r) })
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

func TestTranscriptionWithoutAProviderFails(t *testing.T) {
	app, reports := transcribe(t, nil, []time.Duration{0}, nil)
	var why *speech.Error
	if failed, ok := reports[0].(Failed); !ok || !errors.As(failed.Err, &why) || why.Kind != speech.Unconfigured || app.dials != 0 {
		t.Errorf("reports: %v", reports)
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
