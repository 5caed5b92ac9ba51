package provider

import (
	"context"
	"strings"

	"github.com/switchhook/switchhook/internal/speech"
)

// Flite is flite: it speaks English, a sentence as a whole.
type Flite struct{ program }

// NewFlite returns flite under a name.
func NewFlite(name string) *Flite { return &Flite{newProgram(name)} }

// Speak implements speech.Synthesizer.
func (f *Flite) Speak(ctx context.Context, u speech.Utterance) (*speech.Sound, error) {
	text := harmless(words(u))
	if strings.TrimSpace(text) == "" {
		return nil, &speech.Error{Kind: speech.Empty, Provider: f.name, Detail: "there is nothing to speak"}
	}
	if locale := localeOf(u); !strings.HasPrefix(strings.ToLower(locale), "en") {
		return nil, &speech.Error{Kind: speech.Rejected, Provider: f.name, Status: 400, Detail: "it speaks English only, not " + locale}
	}
	voice := "rms"
	if isFemale(u) || u.Gender == "" && u.Voice == "" {
		voice = "slt"
	}
	return f.throughFiles(ctx, text, func(in, out string) []string { return []string{"flite", "-voice", voice, "-f", in, "-o", out} })
}
