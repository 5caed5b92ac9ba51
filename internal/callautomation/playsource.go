package callautomation

import (
	"cmp"
	"net/url"
	"strings"
	"unicode"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/speech"
)

type playSource struct {
	Kind    string `json:"kind"`
	CacheID string `json:"playSourceCacheId"`
	File    *struct {
		URI string `json:"uri"`
	} `json:"file"`
	Text *struct {
		Text         string `json:"text"`
		SourceLocale string `json:"sourceLocale"`
		VoiceKind    string `json:"voiceKind"`
		VoiceName    string `json:"voiceName"`
		CustomVoice  string `json:"customVoiceEndpointId"`
	} `json:"text"`
	SSML *struct {
		Text        string `json:"ssmlText"`
		CustomVoice string `json:"customVoiceEndpointId"`
	} `json:"ssml"`
}

// Bounds of what a request may have played.
const (
	maxPlaySources = 100
	maxText        = 4000  // characters of a text
	maxSSML        = 64000 // bytes of a document
)

// prompt is what a source names. Requests may come without a kind.
func (s playSource) prompt(field string) (call.Prompt, error) {
	// What the server keeps by itself has names with control characters.
	if strings.ContainsFunc(s.CacheID, unicode.IsControl) {
		return nil, errBody("%s.playSourceCacheId has a control character.", field)
	}
	if err := addressFits(field+".playSourceCacheId", s.CacheID); err != nil {
		return nil, err
	}
	switch kind := strings.ToLower(s.Kind); {
	case kind == "file" || kind == "" && s.File != nil:
		return s.file(field)
	case kind == "text" || kind == "" && s.Text != nil:
		return s.text(field)
	case kind == "ssml" || kind == "" && s.SSML != nil:
		return s.ssml(field)
	}
	return nil, errBody("%s.kind: %q is not one of file, text and ssml.", field, s.Kind)
}

func (s playSource) file(field string) (call.Prompt, error) {
	if s.File == nil || s.File.URI == "" {
		return nil, errBody("%s.file.uri is required.", field)
	}
	address := strings.TrimSpace(s.File.URI) // as callbackURI takes addresses
	if err := addressFits(field+".file.uri", address); err != nil {
		return nil, err
	}
	if u, err := url.Parse(address); err != nil || !u.IsAbs() {
		return nil, errBody("%s.file.uri: %s is not an absolute address.", field, quoted(address))
	}
	return call.File{URI: address, CacheID: s.CacheID}, nil
}

// text is a text to be spoken. An empty one is taken: its failure is an event (8582).
func (s playSource) text(field string) (call.Prompt, error) {
	if s.Text == nil {
		return nil, errBody("%s.text is required.", field)
	}
	if n := length(s.Text.Text); n > maxText {
		return nil, errBody("%s.text.text has %d characters, more than %d; use ssml for longer ones.", field, n, maxText)
	}
	if tag := s.Text.SourceLocale; tag != "" && !language.MatchString(tag) {
		return nil, errBody("%s.text.sourceLocale: %.40q is not a language such as en-US.", field, tag)
	}
	if err := cmp.Or(addressFits(field+".text.voiceName", s.Text.VoiceName), addressFits(field+".text.customVoiceEndpointId", s.Text.CustomVoice)); err != nil {
		return nil, err
	}
	kind := strings.ToLower(s.Text.VoiceKind)
	if kind != "" && kind != "male" && kind != "female" {
		return nil, errBody("%s.text.voiceKind: %.40q is neither male nor female.", field, s.Text.VoiceKind)
	}
	return call.Text{
		Text: s.Text.Text, Locale: s.Text.SourceLocale, VoiceKind: kind, Voice: s.Text.VoiceName, CustomVoice: s.Text.CustomVoice, CacheID: s.CacheID,
	}, nil
}

// ssml is a document to be spoken. It has to be XML; what its marks mean is the
// provider's to know.
func (s playSource) ssml(field string) (call.Prompt, error) {
	if s.SSML == nil {
		return nil, errBody("%s.ssml is required.", field)
	}
	if len(s.SSML.Text) > maxSSML {
		return nil, errBody("%s.ssml.ssmlText has more than %d bytes.", field, maxSSML)
	}
	if err := addressFits(field+".ssml.customVoiceEndpointId", s.SSML.CustomVoice); err != nil {
		return nil, err
	}
	document, err := speech.ReadMarkup(s.SSML.Text)
	if err != nil {
		return nil, errBody("%s.ssml.ssmlText is not XML: %v.", field, err)
	}
	return call.SSML{SSML: document, CustomVoice: s.SSML.CustomVoice, CacheID: s.CacheID}, nil
}

// prompts checks all sources of a request.
func prompts(field string, sources []playSource) ([]call.Prompt, error) {
	if len(sources) > maxPlaySources {
		return nil, errBody("%s: more than %d sources.", field, maxPlaySources)
	}
	list := make([]call.Prompt, len(sources))
	for i, source := range sources {
		p, err := source.prompt(indexed(field, i))
		if err != nil {
			return nil, err
		}
		list[i] = p
	}
	return list, nil
}
