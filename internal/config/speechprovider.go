package config

import (
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/speech"
)

// speechKind is what a kind of provider can do and needs.
type speechKind struct {
	speaks, hears bool
	schemes       []string // of its url; none: it has no url
	hasURL        bool     // the url may be absent
	needsKey      bool
	streams       bool // speech is understood while it is spoken, if nothing else is configured
	files         bool // or by files
}

var speechKinds = map[string]speechKind{
	"espeak-ng":    {speaks: true},
	"flite":        {speaks: true},
	"piper":        {speaks: true, schemes: []string{"http", "https"}},
	"pocketsphinx": {hears: true},
	"vosk":         {hears: true, schemes: []string{"ws", "wss"}, streams: true},
	"openai":       {speaks: true, hears: true, schemes: []string{"http", "https"}, files: true},
	"azure":        {speaks: true, hears: true, needsKey: true, streams: true, files: true},
	"deepgram":     {speaks: true, hears: true, schemes: []string{"https", "http", "wss", "ws"}, hasURL: true, needsKey: true, streams: true, files: true},
}

// Speaks reports whether the provider makes speech of text.
func (p SpeechProvider) Speaks() bool { return speechKinds[p.Kind].speaks }

// Hears reports whether the provider makes text of speech.
func (p SpeechProvider) Hears() bool { return speechKinds[p.Kind].hears }

func (c *checker) speechProvider(before []SpeechProvider, key string, text speechProviderKeys) SpeechProvider {
	at := c.at(key)
	p := SpeechProvider{
		Name: text.Name, Region: text.Region, TTSModel: text.TTSModel, STTModel: text.STTModel, Voice: text.Voice, Voices: text.Voices,
		Rate: c.count(key + ".rate"), WAV: c.word(key+".format", "") == "wav",
	}
	switch {
	case strings.TrimSpace(text.Name) == "":
		c.fail(at, "needs a name")
	case slices.ContainsFunc(before, func(p SpeechProvider) bool { return p.Name == text.Name }):
		c.fail(at, "has the name %q of another provider", text.Name)
	}
	if text.Kind == "" {
		c.fail(at, "needs a kind: %s", strings.Join(c.file.key(key+".kind").words("of"), ", "))
		return p
	}
	p.Kind = c.word(key+".kind", "")
	kind, known := speechKinds[p.Kind]
	if !known {
		return p
	}
	p.Streams = kind.streams
	if text.STTMode != "" {
		p.Streams = c.word(key+".stt-mode", "") == "stream" && kind.files || kind.streams && !kind.files
	}
	p.Live = c.word(key+".tts-mode", "") == "websocket"
	if p.Python = text.Python; p.Python != "" && p.Kind != "pocketsphinx" {
		c.fail(c.at(key+".python"), "is not for kind %s", p.Kind)
	}
	p.RealtimeBeta = c.word(key+".realtime", "") == "beta"
	p.URL = c.speechURL(key, text.URL, p.Kind, kind)
	p.Endpoint = c.speechResource(key, text, p.Kind)
	p.Key = c.speechKey(key, text)
	if kind.needsKey && text.Key == "" && text.KeyFile == "" && text.KeyEnv == "" {
		c.fail(at, "is of kind %s and needs a key: set key, key-file or key-env", p.Kind)
	}
	return p
}

// speechURL checks the address of a service, which only some kinds have.
func (c *checker) speechURL(key, text, name string, kind speechKind) *url.URL {
	switch {
	case text == "" && (kind.schemes == nil || kind.hasURL):
		return nil
	case text == "":
		c.fail(c.at(key), "is of kind %s and needs a url, such as %s://127.0.0.1:9000", name, kind.schemes[0])
		return nil
	case kind.schemes == nil:
		c.fail(c.at(key+".url"), "is not for kind %s", name)
		return nil
	}
	return c.serviceURL(key+".url", text, kind.schemes)
}

// serviceURL checks the address of a service. An address may have a password in
// it, so no error shows it.
func (c *checker) serviceURL(key, text string, schemes []string) *url.URL {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil || !slices.Contains(schemes, strings.ToLower(u.Scheme)) || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		c.fail(c.at(key), "must be an address that begins with %s:// and has neither user, query nor fragment", strings.Join(schemes, ":// or "))
		return nil
	}
	return u
}

var azureRegion = regexp.MustCompile(`^[a-z0-9]+$`)

// speechResource checks where an Azure resource is.
func (c *checker) speechResource(key string, text speechProviderKeys, name string) *url.URL {
	switch {
	case name != "azure" && (text.Endpoint != "" || text.Region != ""):
		c.fail(c.at(key), "is of kind %s; endpoint and region are for kind azure", name)
	case name != "azure":
	case (text.Endpoint == "") == (text.Region == ""):
		c.fail(c.at(key), "needs either an endpoint, such as https://NAME.cognitiveservices.azure.com, or a region, such as westeurope")
	case text.Region != "" && !azureRegion.MatchString(text.Region):
		c.fail(c.at(key+".region"), "is %q; it must be the name of an Azure region, such as westeurope", text.Region)
	case text.Endpoint != "":
		return c.serviceURL(key+".endpoint", text.Endpoint, []string{"https", "http"})
	}
	return nil
}

// speechKey reads the key of a service from the one place that is named.
func (c *checker) speechKey(key string, text speechProviderKeys) speech.Key {
	places := 0
	for _, place := range []string{text.Key, text.KeyFile, text.KeyEnv} {
		if place != "" {
			places++
		}
	}
	found := text.Key
	switch {
	case places > 1:
		c.fail(c.at(key), "has more than one of key, key-file and key-env; keep one")
	case text.KeyEnv != "":
		if found = os.Getenv(text.KeyEnv); found == "" {
			c.fail(c.at(key+".key-env"), "is %s, which is not set in the environment of the server", text.KeyEnv)
		}
	case text.KeyFile != "":
		content, err := os.ReadFile(text.KeyFile)
		if err != nil {
			c.fail(c.at(key+".key-file"), "cannot be read: %v", err)
			return ""
		}
		if found = strings.TrimSpace(string(content)); found == "" {
			c.fail(c.at(key+".key-file"), "is %s, which is empty", text.KeyFile)
		}
	}
	if strings.ContainsFunc(found, func(r rune) bool { return r <= ' ' || r >= 0x7f }) { // it becomes a header field
		c.fail(c.at(key), "has a key with a space or another character that no key has")
	}
	return speech.Key(found)
}
