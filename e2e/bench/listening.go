package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// listening measures calls whose callers are understood: recognitions in which somebody
// speaks but says nothing that is a word, so that only the voice detector works, and
// transcriptions of people who speak for 3 s of every 5 s. A service that answers at
// once stands in for one that understands.
func (b *bench) listening(ctx context.Context) error {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, `{"text":"Good morning."}`)
	}))
	defer service.Close()
	configuration := fmt.Sprintf("speech:\n  providers:\n    - {name: service, kind: openai, url: %q}\n", service.URL+"/v1")
	voices, err := newVoices(false)
	if err != nil {
		return err
	}
	defer voices.close()
	err1 := b.stage(ctx, configuration, nil, func(s *server, a *application) error {
		return b.listen(ctx, s, a, "recognising", "CallConnected", speech, a.recognizeAll)
	})
	err2 := b.stage(ctx, configuration, nil, func(s *server, a *application) error {
		a.answers["transcriptionOptions"] = map[string]any{"transportUrl": voices.url(), "transportType": "websocket", "locale": "en-US", "startTranscription": true}
		said := append(audiotest.Speech(8000, 3000), make([]int16, 2*8000)...)
		return b.listen(ctx, s, a, "transcribed", "TranscriptionStarted", said, func() error { return nil })
	})
	return errors.Join(err1, err2)
}

// listen measures phones that say something, once each has had an event of a kind and
// all are set up.
func (b *bench) listen(ctx context.Context, s *server, a *application, what, kind string, said []int16, setUp func() error) error {
	phones, err := newCrowd(s.addresses.SIP)
	if err != nil {
		return err
	}
	defer phones.close()
	phones.said = said
	if err := errors.Join(phones.callUntil(ctx, a, kind, b.streamed, setupRate), setUp(), pause(ctx, quiet)); err != nil {
		return err
	}
	used, err := s.over(ctx, b.measured)
	if err != nil {
		return err
	}
	b.row("CPU of a "+what+" call", share(used, b.measured, b.streamed), "%d phones that speak, G.711; what the service does is not counted", b.streamed)
	return phones.hangUp(ctx)
}

// recognizeAll has every caller's speech recognised, for longer than a run lasts.
func (a *application) recognizeAll() error {
	a.mu.Lock()
	callers := maps.Clone(a.callers)
	a.mu.Unlock()
	for connection, caller := range callers {
		_, err := a.post("calling/callConnections/"+connection+":recognize", map[string]any{
			"recognizeInputType": "speech",
			"recognizeOptions": map[string]any{
				"targetParticipant": map[string]string{"rawId": caller}, "initialSilenceTimeoutInSeconds": int((5 * time.Minute).Seconds()),
				"speechOptions": map[string]int{"endSilenceTimeoutInMs": 1000},
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
