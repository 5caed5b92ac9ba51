package provider

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/speech"
)

// tone is a second of what the fakes say, at a rate in Hz.
func tone(rate int) []byte {
	var pcm []byte
	for _, s := range audiotest.Tone(rate, time.Second, -12, 440) {
		pcm = binary.LittleEndian.AppendUint16(pcm, uint16(s))
	}
	return pcm
}

func wavTone(rate int) []byte {
	var b bytes.Buffer
	audio.WriteWAV(&b, rate, audiotest.Tone(rate, time.Second, -12, 440))
	return b.Bytes()
}

// speaker is a provider under test, with what its fake asks of a request.
type speaker struct {
	name  string
	make  func(*url.URL) speech.Synthesizer
	check func(*testing.T, *http.Request, []byte)
	says  []byte
	rate  int
}

var hello = speech.Utterance{Text: `Hello <b> & "you"`, Locale: "en-US", Voice: "en-US-AvaNeural"}

func speakers() []speaker {
	key := speech.Key("hush")
	return []speaker{
		{"openai", func(u *url.URL) speech.Synthesizer {
			return NewOpenAI(OpenAIConfig{Name: "openai", URL: u.JoinPath("v1"), Key: key, Voices: map[string]string{"en-US-AvaNeural": "nova"}, Client: NewClient()})
		}, func(t *testing.T, r *http.Request, body []byte) {
			var got map[string]string
			if json.Unmarshal(body, &got); r.URL.Path != "/v1/audio/speech" || r.Header.Get("Authorization") != "Bearer hush" || got["model"] != "tts-1" || got["input"] != hello.Text || got["voice"] != "nova" || got["response_format"] != "pcm" {
				t.Errorf("%s %v %s", r.URL, r.Header, body)
			}
		}, tone(24000), 24000},
		{"openai, wav", func(u *url.URL) speech.Synthesizer {
			return NewOpenAI(OpenAIConfig{Name: "openai", URL: u, WAV: true, Client: NewClient()})
		}, func(t *testing.T, r *http.Request, body []byte) {
			if !strings.Contains(string(body), `"wav"`) || r.Header.Get("Authorization") != "" {
				t.Errorf("%v %s", r.Header, body)
			}
		}, wavTone(22050), 22050},
		{"azure", func(u *url.URL) speech.Synthesizer {
			return NewAzure(AzureConfig{Name: "azure", Endpoint: u, Key: key, Client: NewClient()})
		}, func(t *testing.T, r *http.Request, body []byte) {
			var document struct {
				XMLName xml.Name `xml:"http://www.w3.org/2001/10/synthesis speak"`
				Lang    string   `xml:"lang,attr"`
				Voice   struct {
					Name string `xml:"name,attr"`
					Text string `xml:",chardata"`
				} `xml:"voice"`
			}
			err := xml.Unmarshal(body, &document)
			if err != nil || r.URL.Path != "/tts/cognitiveservices/v1" || r.Header.Get("Ocp-Apim-Subscription-Key") != "hush" || r.Header.Get("Content-Type") != "application/ssml+xml" ||
				r.Header.Get("X-Microsoft-OutputFormat") != "raw-16khz-16bit-mono-pcm" || r.Header.Get("User-Agent") == "" || document.Voice.Name != hello.Voice || document.Voice.Text != hello.Text || document.Lang != "en-US" {
				t.Errorf("%v %s %v %s", err, r.URL, r.Header, body)
			}
		}, tone(16000), 16000},
		{"deepgram", func(u *url.URL) speech.Synthesizer {
			return NewDeepgram(DeepgramConfig{Name: "deepgram", URL: u, Key: key, Rate: 8000, Client: NewClient()})
		}, func(t *testing.T, r *http.Request, body []byte) {
			if q := r.URL.Query(); r.URL.Path != "/v1/speak" || q.Get("encoding") != "linear16" || q.Get("container") != "none" || q.Get("sample_rate") != "8000" || r.Header.Get("Authorization") != "Token hush" {
				t.Errorf("%s %v", r.URL, r.Header)
			}
		}, tone(8000), 8000},
		{"piper", func(u *url.URL) speech.Synthesizer { return NewPiper("piper", u, "", nil, NewClient()) }, func(t *testing.T, r *http.Request, body []byte) {
			if r.URL.Path != "/synthesize" || !strings.Contains(string(body), `"text"`) {
				t.Errorf("%s %s", r.URL, body)
			}
		}, wavTone(22050), 22050},
	}
}

// TestServicesSpeak: the request that each vendor documents, and its sound, sent in
// pieces that end within samples.
func TestServicesSpeak(t *testing.T) {
	for _, s := range speakers() {
		t.Run(s.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				s.check(t, r, body)
				for rest := s.says; len(rest) > 0; {
					n := min(777, len(rest))
					w.Write(rest[:n])
					w.(http.Flusher).Flush()
					rest = rest[n:]
				}
			}))
			defer server.Close()
			at, _ := url.Parse(server.URL)
			sound, err := s.make(at).Speak(t.Context(), hello)
			if err != nil {
				t.Fatal(err)
			}
			defer sound.Close()
			pcm, err := io.ReadAll(sound)
			if err != nil || sound.Rate != s.rate || len(pcm) != 2*s.rate {
				t.Errorf("%d bytes at %d Hz, %v", len(pcm), sound.Rate, err)
			}
		})
	}
}

// TestTextIsNotHeard: a service that answers with an error in JSON, or with the page of a
// proxy, has failed, and another one is asked; raw sound that a framework calls a page is
// sound.
func TestTextIsNotHeard(t *testing.T) {
	for _, s := range speakers() {
		like := string(s.says) // sound that begins as a page does
		if !strings.HasPrefix(like, "RIFF") {
			like = "<{" + like[2:]
		}
		for _, test := range []struct {
			kind, body string
			isSound    bool
		}{
			{"application/json", `{"error":"not today"}`, false}, {"text/html; charset=utf-8", "\r\n<!DOCTYPE html><p>not today", false}, {"text/plain", "not today", false},
			{"text/html", string(s.says), true}, {"text/html", like, true},
		} {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", test.kind)
				io.WriteString(w, test.body)
			}))
			at, _ := url.Parse(server.URL)
			sound, err := s.make(at).Speak(t.Context(), hello)
			var failure *speech.Error
			switch {
			case !test.isSound:
				if !errors.As(err, &failure) || failure.Kind != speech.Broken {
					t.Errorf("%s, %s: %v", s.name, test.kind, err)
				}
			case err != nil:
				t.Errorf("%s, %s: %v", s.name, test.kind, err)
			default:
				if pcm, err := io.ReadAll(sound); err != nil || len(pcm) != 2*s.rate {
					t.Errorf("%s, %s: %d bytes, %v", s.name, test.kind, len(pcm), err)
				}
				sound.Close()
			}
			server.Close()
		}
	}
}

// TestFailuresOfServicesHaveAKind: by which an application learns why, without a key.
func TestFailuresOfServicesHaveAKind(t *testing.T) {
	for _, test := range []struct {
		status int
		kind   speech.ErrorKind
		tries  int
	}{{400, speech.Rejected, 1}, {401, speech.Rejected, 1}, {403, speech.Rejected, 1}, {429, speech.Rejected, 1}, {500, speech.Broken, 2}, {503, speech.Broken, 2}} {
		for _, s := range speakers() {
			tries := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				tries++
				http.Error(w, `{"error":{"message":"not today"}}`, test.status)
			}))
			at, _ := url.Parse(server.URL)
			_, err := s.make(at).Speak(t.Context(), hello)
			var failure *speech.Error
			if !errors.As(err, &failure) || failure.Kind != test.kind || failure.Status != test.status || tries != test.tries || !strings.Contains(err.Error(), "not today") || strings.Contains(err.Error(), "hush") {
				t.Errorf("%s, %d: %v after %d tries", s.name, test.status, err, tries)
			}
			server.Close()
			_, err = s.make(at).Speak(t.Context(), hello)
			if !errors.As(err, &failure) || failure.Kind != speech.Unreachable {
				t.Errorf("%s, not there: %v", s.name, err)
			}
			if _, err = s.make(at).Speak(t.Context(), speech.Utterance{Text: " "}); !errors.As(err, &failure) || failure.Kind != speech.Empty {
				t.Errorf("%s, nothing to say: %v", s.name, err)
			}
		}
	}
}

// TestServicesUnderstand: a file that can be played, and what its vendor makes of it.
func TestServicesUnderstand(t *testing.T) {
	key := speech.Key("hush")
	for _, test := range []struct {
		name    string
		make    func(*url.URL) speech.Uploader
		answers string
		want    string
		check   func(r *http.Request) (wav []byte, ok bool)
	}{
		{"openai", func(u *url.URL) speech.Uploader {
			return NewOpenAI(OpenAIConfig{URL: u.JoinPath("v1"), Key: key, Client: NewClient()})
		},
			`{"language":"english","text":" Sales, please.","segments":[{"start":0,"end":1,"avg_logprob":-0.1,"no_speech_prob":0.01,"compression_ratio":1}]}`, "Sales, please.",
			func(r *http.Request) ([]byte, bool) {
				file, header, err := r.FormFile("file")
				if err != nil {
					return nil, false
				}
				wav, _ := io.ReadAll(file)
				return wav, r.URL.Path == "/v1/audio/transcriptions" && header.Filename == "speech.wav" && r.FormValue("model") == "whisper-1" && r.FormValue("language") == "en" &&
					r.FormValue("prompt") == "sales, support" && r.FormValue("response_format") == "verbose_json" && r.Header.Get("Authorization") == "Bearer hush"
			}},
		{"openai, a hallucination", func(u *url.URL) speech.Uploader { return NewOpenAI(OpenAIConfig{URL: u, Client: NewClient()}) },
			`{"text":"Thank you for watching!","segments":[{"start":0,"end":1,"avg_logprob":-1.4,"no_speech_prob":0.9}]}`, "", nil},
		{"openai, a hallucination behind what was said", func(u *url.URL) speech.Uploader { return NewOpenAI(OpenAIConfig{URL: u, Client: NewClient()}) },
			`{"text":" My order is late. Thank you for watching!","segments":[{"start":0,"end":2,"text":" My order is late.","avg_logprob":-0.2,"no_speech_prob":0.01},{"start":2,"end":4,"text":" Thank you for watching!","avg_logprob":-1.4,"no_speech_prob":0.9}],"words":[{"word":"My","start":0.1,"end":0.3},{"word":"Thank","start":2.2,"end":2.4}]}`,
			"My order is late.", nil},
		{"openai, gpt-4o", func(u *url.URL) speech.Uploader {
			return NewOpenAI(OpenAIConfig{URL: u, STTModel: "gpt-4o-transcribe", Client: NewClient()})
		},
			`{"text":"support"}`, "support", func(r *http.Request) ([]byte, bool) { return nil, r.FormValue("response_format") == "json" }},
		{"azure", func(u *url.URL) speech.Uploader {
			return NewAzure(AzureConfig{Endpoint: u, Key: key, Client: NewClient()})
		},
			`{"RecognitionStatus":"Success","Offset":1000000,"Duration":5000000,"DisplayText":"Support.","NBest":[{"Confidence":0.9,"Display":"Support."}]}`, "Support.",
			func(r *http.Request) ([]byte, bool) {
				wav, _ := io.ReadAll(r.Body)
				return wav, r.URL.Path == "/stt/speech/recognition/conversation/cognitiveservices/v1" && r.URL.Query().Get("language") == "en-GB" &&
					r.Header.Get("Content-Type") == "audio/wav; codecs=audio/pcm; samplerate=16000" && r.Header.Get("Ocp-Apim-Subscription-Key") == "hush"
			}},
		{"azure, no match", func(u *url.URL) speech.Uploader {
			return NewAzure(AzureConfig{Endpoint: u, Key: key, Client: NewClient()})
		}, `{"RecognitionStatus":"NoMatch"}`, "", nil},
		{"deepgram", func(u *url.URL) speech.Uploader {
			return NewDeepgram(DeepgramConfig{URL: u, Key: key, Client: NewClient()})
		},
			`{"results":{"channels":[{"alternatives":[{"transcript":"sales","confidence":0.98,"words":[{"word":"sales","start":0.1,"end":0.5}]}]}]}}`, "sales",
			func(r *http.Request) ([]byte, bool) {
				wav, _ := io.ReadAll(r.Body)
				return wav, r.URL.Path == "/v1/listen" && r.URL.Query().Get("model") == "nova-3" && r.URL.Query().Get("language") == "en-GB" && len(r.URL.Query()["keyterm"]) == 2 && r.Header.Get("Authorization") == "Token hush"
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if test.check != nil {
					wav, ok := test.check(r)
					if !ok {
						t.Errorf("%s %v", r.URL, r.Header)
					}
					if samples, rate, err := audio.ReadWAV(bytes.NewReader(wav), time.Minute); wav != nil && (err != nil || rate != 16000 || len(samples) != 16000) {
						t.Errorf("%d samples at %d Hz, %v", len(samples), rate, err)
					}
				}
				io.WriteString(w, test.answers)
			}))
			defer server.Close()
			at, _ := url.Parse(server.URL)
			got, err := test.make(at).Understand(t.Context(), wavTone(16000), speech.Listening{Languages: []string{"en-GB"}, Phrases: []string{"sales", "support"}, Rate: 16000})
			if err != nil || got.Text != test.want {
				t.Errorf("understood %q, %v", got.Text, err)
			}
		})
	}
}

// TestProgramsSpeak runs the engines that are installed.
func TestProgramsSpeak(t *testing.T) {
	for _, test := range []struct {
		program string
		make    speech.Synthesizer
		say     speech.Utterance
	}{
		{"espeak-ng", NewEspeak("local"), speech.Utterance{Text: "Hello, this is a test of speech."}},
		{"espeak-ng", NewEspeak("local"), speech.Utterance{Text: "Guten Tag, hier spricht eine Frau.", Locale: "de-DE", Gender: "female"}},
		{"espeak-ng", NewEspeak("local"), speech.Utterance{SSML: `<speak version="1.0" xml:lang="fr-FR"><voice name="fr-FR-DeniseNeural">Bonjour <break time="200ms"/> madame.</voice></speak>`}},
		{"espeak-ng", NewEspeak("local"), speech.Utterance{Text: "--help -v nonsense; rm -rf /"}},
		{"flite", NewFlite("local"), speech.Utterance{Text: "Hello, this is a test of speech."}},
	} {
		if !Installed(test.program) {
			t.Logf("%s is not installed", test.program)
			continue
		}
		sound, err := test.make.Speak(t.Context(), test.say)
		if err != nil {
			t.Errorf("%+v: %v", test.say, err)
			continue
		}
		pcm, err := io.ReadAll(sound)
		sound.Close()
		sound.Close()
		if seconds := float64(len(pcm)) / 2 / float64(sound.Rate); err != nil || seconds < 0.5 || seconds > 8 {
			t.Errorf("%+v: %v seconds, %v", test.say, seconds, err)
		}
	}
	if Installed("flite") {
		if _, err := NewFlite("local").Speak(t.Context(), speech.Utterance{Text: "Guten Tag", Locale: "de-DE"}); err == nil {
			t.Error("flite speaks German")
		}
	}
}

// TestManySpeakAtATime: a prompt that is played slowly keeps no other from being
// spoken, and closing one in the middle ends its program.
func TestManySpeakAtATime(t *testing.T) {
	if !Installed("espeak-ng") {
		t.Skip("espeak-ng is not installed")
	}
	e := NewEspeak("local")
	var open []*speech.Sound
	for range 5 * cap(e.slots) { // more than may run
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
		defer cancel()
		sound, err := e.Speak(ctx, speech.Utterance{Text: strings.Repeat("This goes on and on. ", 20)})
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, sound)
	}
	for i, sound := range open {
		if i%2 == 0 {
			if pcm, err := io.ReadAll(sound); err != nil || len(pcm) < 2*sound.Rate*10 {
				t.Errorf("%d bytes, %v", len(pcm), err)
			}
		}
		sound.Close()
		sound.Close()
	}
	if n, kept := len(e.slots), spooled.Load(); n != 0 || kept != 0 {
		t.Errorf("%d programs run, %d bytes are kept", n, kept)
	}
}

func TestMarkupBecomesText(t *testing.T) {
	for document, want := range map[string]string{
		`<speak>Hello <emphasis>you</emphasis></speak>`:                                         "Hello you",
		`<speak><p>One</p><p>Two</p></speak>`:                                                   "One. Two.",
		`<speak>One<break time="100ms"/>two<break time="2s"/>three &amp; four</speak>`:          "One, two. three & four",
		`<speak><mstts:express-as style="sad" xmlns:mstts="x">Oh</mstts:express-as> no</speak>`: "Oh no",
		``: "",
	} {
		if got := plain(document); got != want {
			t.Errorf("%s: %q, want %q", document, got, want)
		}
	}
}
