package callautomation

import (
	"net/url"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/outbound"
)

type playSource struct {
	Kind    string `json:"kind"`
	CacheID string `json:"playSourceCacheId"`
	File    *struct {
		URI string `json:"uri"`
	} `json:"file"`
	Text *struct{} `json:"text"`
	SSML *struct{} `json:"ssml"`
}

// maxPlaySources bounds the sources of one request.
const maxPlaySources = 100

// prompt is the file that a source names.
func (s playSource) prompt(field string) (call.Prompt, error) {
	switch {
	case s.Kind == "file" || s.Kind == "" && s.File != nil:
	case s.Kind == "text", s.Kind == "ssml", s.Text != nil, s.SSML != nil:
		return nil, fault.Unsupported("%s: text and ssml are not offered by this version of Switchhook, which has no speech service; use a file.", field).WithCode("8520")
	default:
		return nil, errBody("%s.kind: %q is none of file, text and ssml.", field, s.Kind)
	}
	if s.File == nil || s.File.URI == "" {
		return nil, errBody("%s.file.uri is required.", field)
	}
	if u, err := url.Parse(s.File.URI); err != nil || !u.IsAbs() {
		return nil, errBody("%s.file.uri: %q is not an absolute address.", field, outbound.Address(s.File.URI))
	}
	return call.File{URI: s.File.URI, CacheID: s.CacheID}, nil
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
