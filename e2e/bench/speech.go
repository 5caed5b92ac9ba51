package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
)

// voicesOfEngines are the commands that speak their last argument, and write WAV. Those
// that are not installed are left out.
var voicesOfEngines = [][]string{
	{"espeak-ng", "--stdout", "-v", "en-us"}, {"espeak-ng", "--stdout", "-v", "en-us+f3"},
	{"espeak-ng", "--stdout", "-v", "en-gb"}, {"espeak-ng", "--stdout", "-v", "de"},
	{"flite", "-o", "/dev/stdout", "-voice", "slt", "-t"}, {"flite", "-o", "/dev/stdout", "-voice", "kal", "-t"},
}

var sentences = []string{"Yes, please.", "Technical support."}

const (
	askedEnd     = 900 * time.Millisecond
	askedInitial = time.Second
	// audible is the level, of 16-bit samples, from which a packet counts as speech.
	audible = 500
)

// speechTimes measures the times of recognitions where they count, at the socket of a
// phone: when speech interrupts a prompt, how exact the end silence is, and the initial
// silence from the last packet of a prompt on.
func (b *bench) speechTimes(ctx context.Context) error {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, `{"text":"Yes."}`)
	}))
	defer service.Close()
	configuration := fmt.Sprintf("speech:\n  providers:\n    - {name: service, kind: openai, url: %q}\n", service.URL+"/v1")
	return b.inACall(ctx, configuration, nil, func(a *application, l *line, connection string) error {
		var barge, end, initial times
		for _, said := range utterances(ctx) {
			interrupted, late, err := a.interruptsAndEnds(ctx, l, connection, said)
			if err != nil {
				return err
			}
			barge, end = append(barge, interrupted), append(end, late)
		}
		for range 6 {
			late, err := a.saysNothing(ctx, l, connection)
			if err != nil {
				return err
			}
			initial = append(initial, late)
		}
		b.row("speech interrupts a prompt", barge.String(), "p50 / p99 / longest of %d utterances of synthetic voices, from the first loud packet of the phone to the last one of the prompt there", len(barge))
		b.row("end silence", end.spread(), "least … p50 … most by which it differed from the %v that were asked for, from the last loud packet of the phone to the arrival of RecognizeCompleted", askedEnd)
		b.row("initial silence", initial.spread(), "the same of %d recognitions in which nobody spoke, from the last loud packet of the prompt at the phone; %v were asked for", len(initial), askedInitial)
		return l.hangUp(ctx)
	})
}

// spread is the least, the median and the most.
func (t times) spread() string {
	return fmt.Sprintf("%+d … %+d … %+d ms", t.at(0).Milliseconds(), t.at(0.5).Milliseconds(), t.at(1).Milliseconds())
}

// utterances are sentences at 8 kHz.
func utterances(ctx context.Context) (list [][]int16) {
	for _, voice := range voicesOfEngines {
		for _, text := range sentences {
			wav, err := exec.CommandContext(ctx, voice[0], append(voice[1:len(voice):len(voice)], text)...).Output()
			if err != nil {
				continue
			}
			samples, rate, err := audio.ReadWAV(bytes.NewReader(wav), time.Minute)
			if err == nil {
				samples, err = audio.Resample(samples, rate, codec.PCMU.SampleRate)
			}
			if err == nil {
				list = append(list, samples)
			}
		}
	}
	return list
}

// interruptsAndEnds says something over a prompt.
func (a *application) interruptsAndEnds(ctx context.Context, l *line, connection string, said []int16) (interrupted, late time.Duration, err error) {
	completed := a.watch("RecognizeCompleted")
	a.prompt = wav(10 * time.Second)
	l.forget()
	if err := a.recognize(connection, true); err != nil {
		return 0, 0, err
	}
	if _, err := l.hears(); err != nil {
		return 0, 0, err
	}
	if err := pause(ctx, 400*time.Millisecond); err != nil {
		return 0, 0, err
	}
	l.say(said)
	e, err := next(ctx, completed, "RecognizeCompleted")
	if err != nil {
		return 0, 0, err
	}
	first, last := l.spoke()
	return l.lastLoud().Sub(first), e.at.Sub(last) - askedEnd, pause(ctx, 300*time.Millisecond)
}

// saysNothing waits for the initial silence after a prompt.
func (a *application) saysNothing(ctx context.Context, l *line, connection string) (late time.Duration, err error) {
	failed := a.watch("RecognizeFailed")
	a.prompt = wav(500 * time.Millisecond)
	l.forget()
	if err := a.recognize(connection, false); err != nil {
		return 0, err
	}
	_, err1 := l.hears()
	e, err2 := next(ctx, failed, "RecognizeFailed")
	return e.at.Sub(l.lastLoud()) - askedInitial, errors.Join(err1, err2, pause(ctx, 300*time.Millisecond))
}

// recognize asks for speech, with the application's prompt.
func (a *application) recognize(connection string, interrupt bool) error {
	a.mu.Lock()
	caller := a.callers[connection]
	a.mu.Unlock()
	_, err := a.post("calling/callConnections/"+connection+":recognize", map[string]any{
		"recognizeInputType": "speech", "interruptCallMediaOperation": false,
		"playPrompt": map[string]any{"kind": "file", "file": map[string]string{"uri": a.url + promptURL}},
		"recognizeOptions": map[string]any{
			"targetParticipant": map[string]string{"rawId": caller}, "initialSilenceTimeoutInSeconds": int(askedInitial.Seconds()), "interruptPrompt": interrupt,
			"speechOptions": map[string]int64{"endSilenceTimeoutInMs": askedEnd.Milliseconds()},
		},
	})
	return err
}

// wav is a loud tone of some length.
func wav(length time.Duration) []byte {
	var file bytes.Buffer
	_ = audio.WriteWAV(&file, 16000, audiotest.Tone(16000, length, -3, 1000)) // memory takes everything
	return file.Bytes()
}

// say has the line say something, packet by packet.
func (l *line) say(samples []int16) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saying, l.firstSaid, l.lastSaid = slices.Clone(samples), time.Time{}, time.Time{}
}

// spoke tells when the first and the last loud packet of what was said left.
func (l *line) spoke() (first, last time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.firstSaid, l.lastSaid
}

// nextSaid is the next packet of what the line says, nil for silence.
func (l *line) nextSaid() (sound []int16) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.saying) < packetTicks {
		l.saying = nil
		return nil
	}
	sound, l.saying = l.saying[:packetTicks], l.saying[packetTicks:]
	if audiotest.RMS(sound) > audible {
		l.lastSaid = time.Now()
		if l.firstSaid.IsZero() {
			l.firstSaid = l.lastSaid
		}
	}
	return sound
}
