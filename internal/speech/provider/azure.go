package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/speech"
)

// AzureConfig is an Azure Speech resource, by its endpoint or by its region.
type AzureConfig struct {
	Name     string
	Endpoint *url.URL // https://NAME.cognitiveservices.azure.com; nil: the region's hosts
	Region   string
	Key      speech.Key
	Voice    string // of prompts that name none; "": by language and gender
	Rate     int    // Hz that is asked for; 0: 16000
	Live     bool   // it speaks by its WebSocket
	Client   *http.Client
}

// Azure speaks by Azure Speech's REST API ("Text to speech REST API"), and understands
// by its WebSocket, or by files ("Speech to text REST API for short audio").
type Azure struct {
	service
	cfg AzureConfig

	speakers chan *azureSpeaker // connections that wait for the next prompt
	kept     time.Duration      // for so long

	mu     sync.Mutex
	routes map[string]*url.URL // where paths of the endpoint lead; nil: nowhere else
}

// NewAzure returns the provider.
func NewAzure(cfg AzureConfig) *Azure {
	return &Azure{service: newService(cfg.Name, cfg.Client), cfg: cfg, kept: speakerKept, routes: make(map[string]*url.URL), speakers: make(chan *azureSpeaker, maxSpeakers)}
}

// at is the address of an offering: on an endpoint it is the first part of the path,
// in a region the first part of the host.
func (a *Azure) at(offering, path string, query url.Values) *url.URL {
	u := &url.URL{Scheme: "https", Host: fmt.Sprintf("%s.%s.speech.microsoft.com", a.cfg.Region, offering), Path: path}
	if a.cfg.Endpoint != nil {
		u = a.cfg.Endpoint.JoinPath(offering, path)
	}
	u.RawQuery = query.Encode()
	return u
}

// formats are the raw formats by rate, in Hz.
var formats = map[int]string{8000: "raw-8khz-16bit-mono-pcm", 16000: "raw-16khz-16bit-mono-pcm", 24000: "raw-24khz-16bit-mono-pcm", 48000: "raw-48khz-16bit-mono-pcm"}

// Speak implements speech.Synthesizer.
func (a *Azure) Speak(ctx context.Context, u speech.Utterance) (*speech.Sound, error) {
	document, err := a.document(u)
	if err != nil {
		return nil, err
	}
	rate := cmp.Or(a.cfg.Rate, 16000)
	format, known := formats[rate]
	if !known {
		rate = 16000
		format = formats[rate]
	}
	if a.cfg.Live && u.CustomVoice == "" {
		return a.speakLive(ctx, document, format, rate)
	}
	target := a.at("tts", "/cognitiveservices/v1", nil)
	if u.CustomVoice != "" {
		target = a.at("voice", "/cognitiveservices/v1", url.Values{"deploymentId": {u.CustomVoice}})
	}
	answer, err := a.send(ctx, request{target, map[string]string{
		"Ocp-Apim-Subscription-Key": string(a.cfg.Key), "Content-Type": "application/ssml+xml", "X-Microsoft-OutputFormat": format,
	}, document})
	if err != nil {
		return nil, err
	}
	return a.sound(answer, rate)
}

// document is the SSML of an utterance, written by an XML encoder.
func (a *Azure) document(u speech.Utterance) (string, error) {
	if words(u) == "" {
		return "", a.failed(speech.Empty, 0, "there is nothing to speak", nil)
	}
	if u.SSML != "" {
		return u.SSML, nil
	}
	locale := localeOf(u)
	voice := cmp.Or(u.Voice, a.cfg.Voice)
	if voice == "" {
		var known bool
		if voice, known = azureVoice(locale, u.Gender); !known {
			return "", a.failed(speech.Rejected, http.StatusBadRequest, "no voice is known for "+locale+": name one, or configure voice", nil)
		}
	}
	text, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"speak"`
		Version string   `xml:"version,attr"`
		Space   string   `xml:"xmlns,attr"`
		Lang    string   `xml:"xml:lang,attr"`
		Voice   struct {
			Name string `xml:"name,attr"`
			Text string `xml:",chardata"`
		} `xml:"voice"`
	}{Version: "1.0", Space: "http://www.w3.org/2001/10/synthesis", Lang: locale, Voice: struct {
		Name string `xml:"name,attr"`
		Text string `xml:",chardata"`
	}{voice, u.Text}})
	return string(text), err
}

// ticks are Azure's unit of time: 100 ns.
const ticks = 100 * time.Nanosecond

// recognized is the answer to a short audio, in its detailed form.
type recognized struct {
	Status      string        `json:"RecognitionStatus"`
	Offset      time.Duration // in ticks
	Duration    time.Duration
	DisplayText string
	NBest       []struct {
		Confidence float64
		Display    string
	}
}

// Understand implements speech.Uploader: 60 s at most.
func (a *Azure) Understand(ctx context.Context, wav []byte, l speech.Listening) (speech.Result, error) {
	language := mainLanguage(l)
	query := url.Values{"language": {language}, "format": {"detailed"}}
	if l.Model != "" {
		query.Set("cid", l.Model)
	}
	answer, err := a.send(ctx, request{a.at("stt", "/speech/recognition/conversation/cognitiveservices/v1", query), map[string]string{
		"Ocp-Apim-Subscription-Key": string(a.cfg.Key), "Accept": "application/json",
		"Content-Type": fmt.Sprintf("audio/wav; codecs=audio/pcm; samplerate=%d", l.Rate),
	}, string(wav)})
	if err != nil {
		return speech.Result{}, err
	}
	text, err := a.text(answer)
	if err != nil {
		return speech.Result{}, err
	}
	var got recognized
	if err := json.Unmarshal(text, &got); err != nil {
		return speech.Result{}, a.failed(speech.Broken, 0, "its answer is not JSON", nil)
	}
	r := speech.Result{Offset: got.Offset * ticks, Duration: got.Duration * ticks}
	switch got.Status {
	case "Success":
		r.Text = got.DisplayText
		if len(got.NBest) > 0 {
			r.Text, r.Confidence = cmp.Or(got.NBest[0].Display, r.Text), &got.NBest[0].Confidence
		}
	case "NoMatch", "InitialSilenceTimeout", "BabbleTimeout":
	default:
		return speech.Result{}, a.failed(speech.Broken, 0, "it answered with the status "+got.Status, nil)
	}
	return r, nil
}
