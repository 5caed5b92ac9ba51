package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/speech"
)

// DeepgramConfig is Deepgram, or a server with its API.
type DeepgramConfig struct {
	Name     string
	URL      *url.URL // https; nil: Deepgram's own
	Key      speech.Key
	STTModel string // "": nova-3
	Voice    string // the model that speaks; "": aura-2-thalia-en
	Voices   map[string]string
	Rate     int // Hz that is asked for; 0: 16000
	Client   *http.Client
}

// Deepgram speaks and understands, by its REST API.
type Deepgram struct {
	service
	cfg DeepgramConfig
}

// NewDeepgram returns the provider.
func NewDeepgram(cfg DeepgramConfig) *Deepgram {
	if cfg.URL == nil {
		cfg.URL = &url.URL{Scheme: "https", Host: "api.deepgram.com"}
	}
	return &Deepgram{newService(cfg.Name, cfg.Client), cfg}
}

func (d *Deepgram) at(path string, query url.Values) *url.URL {
	u := d.cfg.URL.JoinPath(path)
	u.RawQuery = query.Encode()
	return u
}

func (d *Deepgram) header(contentType string) map[string]string {
	return map[string]string{"Authorization": "Token " + string(d.cfg.Key), "Content-Type": contentType}
}

// Speak implements speech.Synthesizer. A voice is a model, of one language.
func (d *Deepgram) Speak(ctx context.Context, u speech.Utterance) (*speech.Sound, error) {
	text := words(u)
	if text == "" {
		return nil, d.failed(speech.Empty, 0, "there is nothing to speak", nil)
	}
	rate := cmp.Or(d.cfg.Rate, 16000)
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return nil, err
	}
	answer, err := d.send(ctx, request{d.at("v1/speak", url.Values{
		"model": {voiceOf(u, d.cfg.Voices, cmp.Or(d.cfg.Voice, "aura-2-thalia-en"))}, "encoding": {"linear16"}, "container": {"none"}, "sample_rate": {strconv.Itoa(rate)},
	}), d.header("application/json"), string(body)})
	if err != nil {
		return nil, err
	}
	return d.sound(answer, rate)
}

// heard is the answer to a file.
type heard struct {
	Results struct {
		Channels []struct {
			DetectedLanguage string `json:"detected_language"`
			Alternatives     []alternative
		}
	}
}

// listenQuery is how something is to be understood. A stream of several languages is
// one in "multi".
func (d *Deepgram) listenQuery(l speech.Listening) url.Values {
	query := url.Values{"model": {cmp.Or(l.Model, d.cfg.STTModel, "nova-3")}, "punctuate": {"true"}, "smart_format": {"true"}}
	switch len(l.Languages) {
	case 0:
	case 1:
		query.Set("language", l.Languages[0])
	default:
		query.Set("language", "multi")
	}
	words := 0
	for _, phrase := range l.Phrases {
		if words += len(strings.Fields(phrase)); words > mostKeyWords {
			break
		}
		query.Add("keyterm", phrase)
	}
	return query
}

// mostKeyWords bounds the words of phrases that are likely: the service refuses requests
// whose keyterms have more than 500 tokens, some of which are parts of words.
const mostKeyWords = 250

// Understand implements speech.Uploader.
func (d *Deepgram) Understand(ctx context.Context, wav []byte, l speech.Listening) (speech.Result, error) {
	query := d.listenQuery(l)
	if len(l.Languages) > 1 {
		query.Del("language")
		query.Set("detect_language", "true")
	}
	answer, err := d.send(ctx, request{d.at("v1/listen", query), d.header("audio/wav"), string(wav)})
	if err != nil {
		return speech.Result{}, err
	}
	text, err := d.text(answer)
	if err != nil {
		return speech.Result{}, err
	}
	var got heard
	if err := json.Unmarshal(text, &got); err != nil {
		return speech.Result{}, d.failed(speech.Broken, 0, "its answer is not JSON", nil)
	}
	var r speech.Result
	for _, channel := range got.Results.Channels {
		r.Language = cmp.Or(channel.DetectedLanguage, r.Language)
		for _, best := range channel.Alternatives[:min(1, len(channel.Alternatives))] {
			r.Text, r.Confidence = best.Transcript, &best.Confidence
			r.Words = best.words(func(d time.Duration) time.Duration { return d })
		}
	}
	return r, nil
}
