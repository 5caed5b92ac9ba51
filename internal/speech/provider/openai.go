package provider

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/switchhook/switchhook/internal/speech"
)

// OpenAIConfig is a server with OpenAI's /audio/speech and /audio/transcriptions: of
// OpenAI, or one that is compatible with it.
type OpenAIConfig struct {
	Name     string
	URL      *url.URL // with its /v1
	Key      speech.Key
	TTSModel string // "": tts-1
	STTModel string // "": whisper-1, or of realtime sessions gpt-4o-transcribe
	Voice    string // "": alloy
	Voices   map[string]string
	WAV      bool // it is asked for wav instead of pcm

	Streaming bool // speech is understood by realtime sessions, in place of files
	Beta      bool // whose words are those of their beta

	Rate   int // of its pcm, in Hz; 0: 24000
	Client *http.Client
}

// OpenAI speaks and understands.
type OpenAI struct {
	service
	cfg OpenAIConfig
}

// NewOpenAI returns the provider.
func NewOpenAI(cfg OpenAIConfig) *OpenAI { return &OpenAI{newService(cfg.Name, cfg.Client), cfg} }

func (o *OpenAI) header(contentType string) map[string]string {
	h := map[string]string{"Content-Type": contentType}
	if o.cfg.Key != "" {
		h["Authorization"] = "Bearer " + string(o.cfg.Key)
	}
	return h
}

// voiceOf is the provider's voice for an utterance: as configured for the voice's
// name, or for the language, else the default one.
func voiceOf(u speech.Utterance, voices map[string]string, otherwise string) string {
	return cmp.Or(voices[u.Voice], voices[localeOf(u)], otherwise)
}

// Speak implements speech.Synthesizer. There is no markup: SSML is spoken as text.
func (o *OpenAI) Speak(ctx context.Context, u speech.Utterance) (*speech.Sound, error) {
	text := words(u)
	if text == "" {
		return nil, o.failed(speech.Empty, 0, "there is nothing to speak", nil)
	}
	format, rate := "pcm", cmp.Or(o.cfg.Rate, 24000)
	if o.cfg.WAV {
		format, rate = "wav", 0
	}
	body, err := json.Marshal(struct {
		Model  string `json:"model"`
		Input  string `json:"input"`
		Voice  string `json:"voice"`
		Format string `json:"response_format"`
	}{cmp.Or(o.cfg.TTSModel, "tts-1"), text, voiceOf(u, o.cfg.Voices, cmp.Or(o.cfg.Voice, "alloy")), format})
	if err != nil {
		return nil, err
	}
	answer, err := o.send(ctx, request{o.cfg.URL.JoinPath("audio", "speech"), o.header("application/json"), string(body)})
	if err != nil {
		return nil, err
	}
	return o.sound(answer, rate)
}

// Understand implements speech.Uploader.
func (o *OpenAI) Understand(ctx context.Context, wav []byte, l speech.Listening) (speech.Result, error) {
	model := o.sttModel()
	verbose := strings.Contains(model, "whisper")
	body, contentType, err := o.form(wav, l, model, verbose)
	if err != nil {
		return speech.Result{}, err
	}
	answer, err := o.send(ctx, request{o.cfg.URL.JoinPath("audio", "transcriptions"), o.header(contentType), body})
	if err != nil {
		return speech.Result{}, err
	}
	text, err := o.text(answer)
	if err != nil {
		return speech.Result{}, err
	}
	var got transcription
	if err := json.Unmarshal(text, &got); err != nil {
		return speech.Result{}, o.failed(speech.Broken, 0, "its answer is not JSON", nil)
	}
	return got.result(l), nil
}

// form is the multipart body, with its fields in the documented order.
func (o *OpenAI) form(wav []byte, l speech.Listening, model string, verbose bool) (body, contentType string, err error) {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	header := make(textproto.MIMEHeader)
	header.Set("Content-Disposition", `form-data; name="file"; filename="speech.wav"`)
	header.Set("Content-Type", "audio/wav")
	part, err := form.CreatePart(header)
	if err == nil {
		_, err = part.Write(wav)
	}
	fields := [][2]string{{"model", model}}
	if len(l.Languages) == 1 { // of several the provider finds out which
		fields = append(fields, [2]string{"language", twoLetters(l.Languages[0])})
	}
	if len(l.Phrases) > 0 {
		fields = append(fields, [2]string{"prompt", strings.Join(l.Phrases, ", ")})
	}
	format := "json"
	if verbose {
		format = "verbose_json"
	}
	fields = append(fields, [2]string{"response_format", format})
	if verbose && l.Words {
		fields = append(fields, [2]string{"timestamp_granularities[]", "word"}, [2]string{"timestamp_granularities[]", "segment"})
	}
	for _, field := range fields {
		if err == nil {
			err = form.WriteField(field[0], field[1])
		}
	}
	if err == nil {
		err = form.Close()
	}
	return b.String(), form.FormDataContentType(), err
}
