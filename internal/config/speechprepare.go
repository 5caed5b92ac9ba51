package config

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/switchhook/switchhook/internal/speech"
)

// PreparedSpeech is a prompt that is spoken before applications ask for it. Its members
// are those of an application's source.
type PreparedSpeech struct {
	Text, SSML  string // one of the two
	Locale      string
	VoiceKind   string // "male", "female" or ""
	Voice       string
	CustomVoice string
	Endpoint    string // the cognitiveServicesEndpoint of the application
}

// Bounds of prepared speech: a start shall not be a bill.
const (
	maxPrepared     = 100
	maxPreparedText = 4000 // characters, as of an application
	maxPreparedSSML = 64000
)

var locale = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)

// speechPrepared checks what is to be spoken at the start.
func (c *checker) speechPrepared(list []speechPreparedKeys) (prepared []PreparedSpeech) {
	if len(list) > maxPrepared {
		c.fail(c.at("speech.prepare"), "has %d prompts, more than %d", len(list), maxPrepared)
		return nil
	}
	for i, each := range list {
		key := fmt.Sprintf("speech.prepare[%d]", i)
		p := PreparedSpeech{
			Text: strings.TrimSpace(each.Text), SSML: strings.TrimSpace(each.SSML), Locale: each.Locale,
			Voice: each.Voice, CustomVoice: each.CustomVoice, Endpoint: each.Endpoint,
		}
		if each.VoiceKind != "" {
			p.VoiceKind = c.word(key+".voice-kind", "")
		}
		switch {
		case (p.Text == "") == (p.SSML == ""):
			c.fail(c.at(key), "needs either a text or an ssml")
		case len([]rune(p.Text)) > maxPreparedText:
			c.fail(c.at(key+".text"), "has more than %d characters", maxPreparedText)
		case len(p.SSML) > maxPreparedSSML:
			c.fail(c.at(key+".ssml"), "has more than %d bytes", maxPreparedSSML)
		case p.SSML != "" && (p.Locale != "" || p.VoiceKind != "" || p.Voice != ""):
			c.fail(c.at(key), "has an ssml, which names its voice and language itself: locale, voice-kind and voice are for a text")
		case p.Locale != "" && !locale.MatchString(p.Locale):
			c.fail(c.at(key+".locale"), "is %q; it must be a language such as en-US", p.Locale)
		}
		document, err := speech.ReadMarkup(p.SSML)
		if err != nil {
			c.fail(c.at(key+".ssml"), "is not XML: %v", err)
		}
		p.SSML = document
		prepared = append(prepared, p)
	}
	return prepared
}
