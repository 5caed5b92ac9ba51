package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// firstSounds is how many prompts are timed.
const firstSounds = 100

// firstSound measures how soon a prompt is heard whose file is in the cache: from the
// request's departure to the first loud packet at the phone.
func (b *bench) firstSound(ctx context.Context) error {
	var file bytes.Buffer
	if err := audio.WriteWAV(&file, 16000, audiotest.Tone(16000, 200*time.Millisecond, -3, 1000)); err != nil {
		return err
	}
	return b.inACall(ctx, "", file.Bytes(), func(a *application, l *line, connection string) error {
		played := a.watch("PlayCompleted")
		var took times
		for n := range firstSounds + 1 {
			if err := pause(ctx, 150*time.Millisecond+rand.N(packetTime)); err != nil {
				return err
			}
			l.forget()
			sent := time.Now()
			a.playFile(connection, false)
			heard, err := l.hears()
			if err != nil {
				return err
			}
			if n > 0 { // the first one was downloaded
				took = append(took, heard.Sub(sent))
			}
			if _, err := next(ctx, played, "PlayCompleted"); err != nil {
				return err
			}
		}
		b.row("request to first sound", took.String(), "p50 / p99 / longest of %d plays of a cached file, from the request's departure over TLS to the first loud packet at the phone", firstSounds)
		if err := b.firstText(ctx, a, l, connection, played); err != nil {
			return err
		}
		return l.hangUp(ctx)
	})
}

// firstTexts is how many texts are timed.
const firstTexts = 30

// firstText measures how soon a text is heard: one that was never spoken, by a program of
// this machine, and the same again. Of the times the voice's own silence before the first
// loud sound is a part.
func (b *bench) firstText(ctx context.Context, a *application, l *line, connection string, played <-chan event) error {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		return nil
	}
	var fresh, again times
	for n := range 2 * firstTexts {
		if err := pause(ctx, 150*time.Millisecond+rand.N(packetTime)); err != nil {
			return err
		}
		l.forget()
		sent := time.Now()
		a.playText(connection, fmt.Sprintf("Eight, and %d.", n/2))
		heard, err := l.hears()
		if err != nil {
			return err
		}
		if n%2 == 0 {
			fresh = append(fresh, heard.Sub(sent))
		} else {
			again = append(again, heard.Sub(sent))
		}
		if _, err := next(ctx, played, "PlayCompleted"); err != nil {
			return err
		}
	}
	b.row("request to first sound of a text", fresh.String(), "p50 / p99 / longest of %d texts, which espeak-ng speaks; the voice's own silence before its first loud sound is a part", firstTexts)
	b.row("  the same text again", again.String(), "as it was kept; the voice's silence as before")
	return nil
}

// inACall runs a measurement in a call of one phone.
func (b *bench) inACall(ctx context.Context, configuration string, prompt []byte, measure func(a *application, l *line, connection string) error) error {
	return b.stage(ctx, configuration, prompt, func(s *server, a *application) error {
		phone, err := siptest.New(siptest.Config{Server: s.addresses.SIP, User: farNumber(1)})
		if err != nil {
			return err
		}
		defer phone.Close()
		a.quietly = true
		l, connection, err := a.ring(ctx, phone, "CallConnected")
		if err != nil {
			return err
		}
		return measure(a, l, connection)
	})
}

// tenMinutes measures the memory of calls that hear a file of ten minutes, each from
// its beginning, with a cache id and without.
func (b *bench) tenMinutes(ctx context.Context) error {
	var file bytes.Buffer
	if err := audio.WriteWAV(&file, 16000, audiotest.Tone(16000, 10*time.Minute, -12, 440)); err != nil {
		return err
	}
	for _, cacheID := range []string{"prompt", ""} {
		err := b.stage(ctx, "", file.Bytes(), func(s *server, a *application) error {
			a.cacheID = cacheID
			phones, err := newCrowd(s.addresses.SIP)
			if err != nil {
				return err
			}
			defer phones.close()
			few, all := b.streamed/6, b.streamed*2/3
			some, err1 := s.playing(ctx, phones, a, few)
			more, err2 := s.playing(ctx, phones, a, all-few)
			if err := errors.Join(err1, err2, b.keep(ctx, "ten-minutes.heap", "heap")); err != nil {
				return err
			}
			with := "without a cache id"
			if cacheID != "" {
				with = "with a cache id"
			}
			b.row("memory of a call that plays ten minutes, "+with, fmt.Sprintf("%.0f kB", float64(more-some)/1e3/float64(all-few)),
				"resident: %.0f MB with %d calls, %.0f MB with %d; downloaded %d times", megabytes(some), few, megabytes(more), all, a.downloads.Load())
			return phones.hangUp(ctx)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
