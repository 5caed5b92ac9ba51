package speechtest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// rest serves the requests of vendors that are no WebSockets: a file is understood, or a
// text is spoken, which is a tone of a second.
func (s *Service) rest(w http.ResponseWriter, r *http.Request) {
	c := &connection{s: s}
	switch s.vendor + " " + r.URL.Path {
	case "openai /v1/audio/transcriptions":
		c.want("Authorization", r.Header.Get("Authorization"), "Bearer hush")
		c.openAIFile(w, r)
	case "openai /v1/audio/speech":
		c.want("Authorization", r.Header.Get("Authorization"), "Bearer hush")
		c.openAISpeech(w, r)
	case "deepgram /v1/listen":
		c.want("Authorization", r.Header.Get("Authorization"), "Token hush")
		c.deepgramFile(w, r)
	case "deepgram /v1/speak":
		c.want("Authorization", r.Header.Get("Authorization"), "Token hush")
		c.deepgramSpeech(w, r)
	case "azure /stt/speech/recognition/conversation/cognitiveservices/v1":
		c.want("key", r.Header.Get("Ocp-Apim-Subscription-Key"), "hush")
		c.azureFile(w, r)
	case "azure /tts/cognitiveservices/v1":
		c.want("key", r.Header.Get("Ocp-Apim-Subscription-Key"), "hush")
		c.azureSpeech(w, r)
	default:
		c.wrong("%s %s is no request that it knows", r.Method, r.URL.Path)
		http.NotFound(w, r)
	}
}

// file is what is said in a WAV file, and how long it is.
func (c *connection) file(wav io.Reader) ([]word, time.Duration) {
	samples, rate, err := audio.ReadWAV(wav, time.Minute)
	if err != nil {
		c.wrong("the file is no WAV file: %v", err)
		return nil, 0
	}
	words := c.words(samples, rate)
	c.finished(textOf(words))
	return words, durationOf(len(samples), rate)
}

func answer(w http.ResponseWriter, what any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(what)
}

// speak sends a tone of a second, in pieces that end within samples.
func speak(w http.ResponseWriter, rate int) {
	var pcm []byte
	for _, s := range audiotest.Tone(rate, time.Second, -12, 440) {
		pcm = binary.LittleEndian.AppendUint16(pcm, uint16(s))
	}
	for len(pcm) > 0 {
		n := min(777, len(pcm))
		_, _ = w.Write(pcm[:n])
		_ = http.NewResponseController(w).Flush()
		pcm = pcm[n:]
	}
}

func (c *connection) openAIFile(w http.ResponseWriter, r *http.Request) {
	file, header, err := r.FormFile("file")
	if err != nil || !strings.HasSuffix(header.Filename, ".wav") || r.FormValue("model") == "" {
		c.wrong("%v: the form is %v", err, r.MultipartForm)
		http.Error(w, `{"error":{"message":"what is this?"}}`, http.StatusBadRequest)
		return
	}
	if language := r.FormValue("language"); len(language) != 0 && len(language) != 2 {
		c.wrong("language is %q, not of two letters", language)
	}
	words, length := c.file(file)
	if r.FormValue("response_format") != "verbose_json" {
		answer(w, object{"text": textOf(words)})
		return
	}
	list := []object{}
	if granularity := r.Form["timestamp_granularities[]"]; len(granularity) > 0 {
		for _, each := range words {
			list = append(list, object{"word": each.text, "start": each.start.Seconds(), "end": each.end.Seconds()})
		}
	}
	silence := 0.01
	if len(words) == 0 { // of which such models make something up
		silence, words = 0.9, []word{{text: "Thank you for watching!", end: length}}
	}
	answer(w, object{
		"task": "transcribe", "language": "english", "duration": length.Seconds(), "text": " " + textOf(words), "words": list,
		"segments": []object{{"id": 0, "start": 0, "end": length.Seconds(), "text": textOf(words), "avg_logprob": -0.1 - 1.5*silence, "no_speech_prob": silence, "compression_ratio": 1.0}},
	})
}

func (c *connection) openAISpeech(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Model, Input, Voice string
		Format              string `json:"response_format"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Model == "" || body.Input == "" || body.Voice == "" || body.Format != "pcm" {
		c.wrong("%v: asked to speak %+v", err, body)
	}
	speak(w, realtimeRate)
}

func (c *connection) deepgramFile(w http.ResponseWriter, r *http.Request) {
	words, length := c.file(r.Body)
	list := []object{}
	for _, each := range words {
		list = append(list, object{"word": each.text, "punctuated_word": each.text, "start": each.start.Seconds(), "end": each.end.Seconds(), "confidence": 0.9})
	}
	answer(w, object{
		"metadata": object{"request_id": "x", "duration": length.Seconds(), "channels": 1},
		"results":  object{"channels": []object{{"alternatives": []object{{"transcript": textOf(words), "confidence": 0.9, "words": list}}}}},
	})
}

func (c *connection) deepgramSpeech(w http.ResponseWriter, r *http.Request) {
	var body struct{ Text string }
	rate, err := strconv.Atoi(r.URL.Query().Get("sample_rate"))
	if json.NewDecoder(r.Body).Decode(&body) != nil || body.Text == "" || err != nil || r.URL.Query().Get("encoding") != "linear16" || r.URL.Query().Get("container") != "none" {
		c.wrong("asked to speak %+v: %s", body, r.URL)
	}
	speak(w, max(8000, rate))
}

func (c *connection) azureFile(w http.ResponseWriter, r *http.Request) {
	c.want("Content-Type", r.Header.Get("Content-Type"), "audio/wav; codecs=audio/pcm; samplerate=16000")
	if r.URL.Query().Get("language") == "" {
		c.wrong("no language is named")
	}
	words, length := c.file(r.Body)
	if len(words) == 0 {
		answer(w, object{"RecognitionStatus": "NoMatch", "Offset": 0, "Duration": length / 100})
		return
	}
	text := textOf(words)
	answer(w, object{
		"RecognitionStatus": "Success", "DisplayText": text, "Offset": words[0].start / 100, "Duration": (words[len(words)-1].end - words[0].start) / 100,
		"NBest": []object{{"Confidence": 0.9, "Lexical": text, "ITN": text, "MaskedITN": text, "Display": text}},
	})
}

func (c *connection) azureSpeech(w http.ResponseWriter, r *http.Request) {
	document, _ := io.ReadAll(r.Body)
	var spoken struct {
		XMLName xml.Name `xml:"http://www.w3.org/2001/10/synthesis speak"`
	}
	if err := xml.NewDecoder(bytes.NewReader(document)).Decode(&spoken); err != nil || r.Header.Get("User-Agent") == "" || r.Header.Get("Content-Type") != "application/ssml+xml" {
		c.wrong("%v: asked to speak %s with %v", err, document, r.Header)
	}
	c.want("X-Microsoft-OutputFormat", r.Header.Get("X-Microsoft-OutputFormat"), "raw-16khz-16bit-mono-pcm")
	speak(w, 16000)
}
