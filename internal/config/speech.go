package config

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/switchhook/switchhook/internal/speech"
)

// Speech is the configured providers of speech and what each is asked for.
type Speech struct {
	Providers    []SpeechProvider
	TextToSpeech []string          // names in order; empty: what is installed
	SpeechToText []string          // names in order
	Endpoints    map[string]string // provider by speech.EndpointName
	Prepare      []PreparedSpeech  // spoken before it is asked for
}

// SpeechProvider is one provider as it is configured.
type SpeechProvider struct {
	Name, Kind string
	URL        *url.URL // nil: none is configured
	Endpoint   *url.URL // of Azure; nil: the region
	Region     string
	Key        speech.Key
	TTSModel   string
	STTModel   string
	Voice      string
	Voices     map[string]string
	WAV        bool // openai is asked for wav
	Rate       int  // Hz; 0 is the kind's own

	Streams      bool   // speech is understood while it is spoken, not by files
	Live         bool   // azure speaks by its WebSocket
	Python       string // of pocketsphinx; "": python3
	RealtimeBeta bool   // openai's realtime sessions are those of the beta
}

// speech checks the providers of speech.
func (c *checker) speech(text speechKeys) Speech {
	var s Speech
	for i, provider := range text.Providers {
		s.Providers = append(s.Providers, c.speechProvider(s.Providers, fmt.Sprintf("speech.providers[%d]", i), provider))
	}
	s.TextToSpeech = c.speechList("speech.text-to-speech", text.TextToSpeech, s.Providers, SpeechProvider.Speaks)
	s.SpeechToText = c.speechList("speech.speech-to-text", text.SpeechToText, s.Providers, SpeechProvider.Hears)
	s.Endpoints = c.speechEndpoints(text.Endpoints, s.Providers)
	s.Prepare = c.speechPrepared(text.Prepare)
	return s
}

// speechList checks which providers do one thing, all that can if nothing says so.
func (c *checker) speechList(key string, names []string, all []SpeechProvider, can func(SpeechProvider) bool) []string {
	if names == nil {
		for _, p := range all {
			if can(p) {
				names = append(names, p.Name)
			}
		}
		return names
	}
	for _, name := range names {
		i := slices.IndexFunc(all, func(p SpeechProvider) bool { return p.Name == name })
		switch {
		case i < 0:
			c.fail(c.at(key), "names %q, which is not the name of a provider in speech.providers", name)
		case all[i].Kind != "" && !can(all[i]):
			c.fail(c.at(key), "names %q, but kind %s does not do this", name, all[i].Kind)
		}
	}
	return names
}

// speechEndpoints checks which endpoint means which provider.
func (c *checker) speechEndpoints(texts map[string]string, all []SpeechProvider) map[string]string {
	endpoints := make(map[string]string)
	for endpoint, provider := range texts {
		u, err := url.Parse(endpoint)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
			c.fail(c.at("speech.endpoints"), "has an endpoint that is not an address such as https://NAME.cognitiveservices.azure.com")
			continue
		}
		if !slices.ContainsFunc(all, func(p SpeechProvider) bool { return p.Name == provider }) {
			c.fail(c.at("speech.endpoints"), "names %q, which is not the name of a provider in speech.providers", provider)
			continue
		}
		name := speech.EndpointName(endpoint)
		if _, twice := endpoints[name]; twice {
			c.fail(c.at("speech.endpoints"), "has %s twice", name)
		}
		endpoints[name] = provider
	}
	return endpoints
}
