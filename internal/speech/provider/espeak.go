package provider

import (
	"context"
	"os/exec"
	"strings"

	"github.com/switchhook/switchhook/internal/speech"
)

// Espeak is espeak-ng: it speaks a hundred languages, at once and not beautifully.
type Espeak struct{ program }

// NewEspeak returns espeak-ng under a name.
func NewEspeak(name string) *Espeak { return &Espeak{newProgram(name)} }

// Installed reports whether a program can be run.
func Installed(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// Speak implements speech.Synthesizer. SSML is read by espeak-ng itself, as far as it
// knows it and we let it (forProgram).
func (e *Espeak) Speak(ctx context.Context, u speech.Utterance) (*speech.Sound, error) {
	if words(u) == "" {
		return nil, &speech.Error{Kind: speech.Empty, Provider: e.name, Detail: "there is nothing to speak"}
	}
	text, arguments := harmless(u.Text), []string{"espeak-ng", "--stdin", "--stdout", "-b", "1", "-v", espeakVoice(u)}
	if u.SSML != "" {
		text, arguments = forProgram(u.SSML), append(arguments, "-m")
	}
	return e.speak(ctx, text, arguments)
}

// espeakVoice is a language as espeak-ng calls it, with a variant for women.
func espeakVoice(u speech.Utterance) string {
	locale := strings.ToLower(localeOf(u))
	language, region, _ := strings.Cut(locale, "-")
	voice := language
	switch {
	case locale == "en-us", locale == "en-gb", locale == "pt-br", locale == "es-419":
		voice = locale
	case language == "zh" || language == "cmn":
		voice = "cmn"
	case language == "no":
		voice = "nb"
	case language == "es" && (region == "mx" || region == "ar" || region == "co"):
		voice = "es-419"
	case language == "en" && region != "au" && region != "ie" && region != "in" && region != "nz" && region != "za":
		voice = "en-us"
	}
	if strings.Trim(voice, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" { // it becomes an argument
		voice = "en-us"
	}
	if isFemale(u) {
		voice += "+f3"
	}
	return voice
}
