package server

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/player"
	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/speech/provider"
)

// synthesizers are the providers that speak. Without any configured, text is spoken by
// a program that is installed, so that a newcomer's first prompt is heard.
func (p *parts) synthesizers() *speech.Synthesizers {
	list := p.cfg.Speech.Providers
	names := p.cfg.Speech.TextToSpeech
	if len(list) == 0 {
		for _, kind := range []string{"espeak-ng", "flite"} {
			if provider.Installed(kind) {
				list = append(list, config.SpeechProvider{Name: kind, Kind: kind})
				names = append(names, kind)
			}
		}
	}
	client := provider.NewClient()
	made := &speech.Synthesizers{}
	made.Choice.Default, made.Choice.Endpoints = chosen(p.cfg.Speech, names, func(name string) (speech.Synthesizer, bool) {
		at := slices.IndexFunc(list, func(each config.SpeechProvider) bool { return each.Name == name })
		if at < 0 || !list[at].Speaks() {
			return nil, false
		}
		return synthesizer(list[at], client), true
	})
	made.Choice.Log = p.speechLog()
	return made
}

// recognizers are the providers that understand.
func (p *parts) recognizers() *speech.Recognizers {
	client := provider.NewClient()
	made := &speech.Recognizers{}
	made.Choice.Default, made.Choice.Endpoints = chosen(p.cfg.Speech, p.cfg.Speech.SpeechToText, func(name string) (speech.Recognizer, bool) {
		at := slices.IndexFunc(p.cfg.Speech.Providers, func(each config.SpeechProvider) bool { return each.Name == name })
		if at < 0 || !p.cfg.Speech.Providers[at].Hears() {
			return nil, false
		}
		return recognizer(p.cfg.Speech.Providers[at], client), true
	})
	made.Choice.Log = p.speechLog()
	return made
}

// prepareSpeech has the configured prompts spoken. They are named as those of
// applications, so that these find them.
func (p *parts) prepareSpeech() {
	var list []player.File
	for _, each := range p.cfg.Speech.Prepare {
		endpoints := speech.Endpoints{Main: each.Endpoint}
		prompt := call.Prompt(call.Text{Text: each.Text, Locale: each.Locale, VoiceKind: each.VoiceKind, Voice: each.Voice, CustomVoice: each.CustomVoice, Endpoints: endpoints})
		if each.SSML != "" {
			prompt = call.SSML{SSML: each.SSML, CustomVoice: each.CustomVoice, Endpoints: endpoints}
		}
		list = append(list, fileOf(prompt))
	}
	p.prompts.Prepare(p.life, list)
}

func (p *parts) speechLog() *slog.Logger { return p.log.With("part", "speech") }

// chosen makes each provider once: those of the list in their order, and those that
// endpoints name.
func chosen[P any](cfg config.Speech, names []string, one func(name string) (P, bool)) (list []speech.Named[P], endpoints map[string]speech.Named[P]) {
	made := make(map[string]speech.Named[P])
	get := func(name string) (speech.Named[P], bool) {
		if known, ok := made[name]; ok {
			return known, true
		}
		it, ok := one(name)
		if ok {
			made[name] = speech.Named[P]{Name: name, Provider: it}
		}
		return made[name], ok
	}
	for _, name := range names {
		if named, ok := get(name); ok {
			list = append(list, named)
		}
	}
	endpoints = make(map[string]speech.Named[P])
	for endpoint, name := range cfg.Endpoints {
		if named, ok := get(name); ok {
			endpoints[endpoint] = named
		}
	}
	return list, endpoints
}

// synthesizer makes a provider that speaks.
func synthesizer(p config.SpeechProvider, client *http.Client) speech.Synthesizer {
	switch p.Kind {
	case "espeak-ng":
		return provider.NewEspeak(p.Name)
	case "flite":
		return provider.NewFlite(p.Name)
	case "piper":
		return provider.NewPiper(p.Name, p.URL, p.Voice, p.Voices, client)
	case "openai":
		return openAI(p, client)
	case "azure":
		return azure(p, client)
	}
	return deepgram(p, client)
}

// recognizer makes a provider that understands.
func recognizer(p config.SpeechProvider, client *http.Client) speech.Recognizer {
	switch p.Kind {
	case "vosk":
		return provider.NewVosk(p.Name, p.URL)
	case "pocketsphinx":
		return speech.Uploading{Uploader: provider.NewPocketsphinx(p.Name, p.Python)}
	}
	both := service(p, client)
	if p.Streams {
		return both
	}
	return speech.Uploading{Uploader: both}
}

// service makes a provider that understands both while somebody speaks and by files.
func service(p config.SpeechProvider, client *http.Client) interface {
	speech.Recognizer
	speech.Uploader
} {
	switch p.Kind {
	case "openai":
		return openAI(p, client)
	case "azure":
		return azure(p, client)
	}
	return deepgram(p, client)
}

func openAI(p config.SpeechProvider, client *http.Client) *provider.OpenAI {
	return provider.NewOpenAI(provider.OpenAIConfig{
		Name: p.Name, URL: p.URL, Key: p.Key, TTSModel: p.TTSModel, STTModel: p.STTModel, Voice: p.Voice, Voices: p.Voices, WAV: p.WAV, Rate: p.Rate,
		Streaming: p.Streams, Beta: p.RealtimeBeta, Client: client,
	})
}

func azure(p config.SpeechProvider, client *http.Client) *provider.Azure {
	return provider.NewAzure(provider.AzureConfig{Name: p.Name, Endpoint: p.Endpoint, Region: p.Region, Key: p.Key, Voice: p.Voice, Rate: p.Rate, Live: p.Live, Client: client})
}

func deepgram(p config.SpeechProvider, client *http.Client) *provider.Deepgram {
	var at *url.URL
	if p.URL != nil {
		copied := *p.URL
		copied.Scheme = strings.Replace(copied.Scheme, "ws", "http", 1)
		at = &copied
	}
	return provider.NewDeepgram(provider.DeepgramConfig{
		Name: p.Name, URL: at, Key: p.Key, STTModel: p.STTModel, Voice: p.Voice, Voices: p.Voices, Rate: p.Rate, Client: client,
	})
}
