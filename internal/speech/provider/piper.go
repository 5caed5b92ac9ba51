package provider

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/switchhook/switchhook/internal/speech"
)

// Piper is a Piper server (piper1-gpl): a process beside the server with voices of its own.
type Piper struct {
	service
	at     *url.URL
	voice  string // "": the server's
	voices map[string]string
}

// NewPiper returns the provider.
func NewPiper(name string, at *url.URL, voice string, voices map[string]string, client *http.Client) *Piper {
	return &Piper{newService(name, client), at, voice, voices}
}

// Speak implements speech.Synthesizer.
func (p *Piper) Speak(ctx context.Context, u speech.Utterance) (*speech.Sound, error) {
	text := words(u)
	if text == "" {
		return nil, p.failed(speech.Empty, 0, "there is nothing to speak", nil)
	}
	what := map[string]string{"text": text}
	if voice := voiceOf(u, p.voices, p.voice); voice != "" {
		what["voice"] = voice
	}
	body, err := json.Marshal(what)
	if err != nil {
		return nil, err
	}
	answer, err := p.send(ctx, request{p.at.JoinPath("synthesize"), map[string]string{"Content-Type": "application/json"}, string(body)})
	if err != nil {
		return nil, err
	}
	return p.sound(answer, 0)
}
