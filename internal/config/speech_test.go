package config

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const speechFile = `
speech:
  providers:
    - {name: local, kind: espeak-ng}
    - {name: openai, kind: openai, url: "http://127.0.0.1:9000/v1", key: hush, tts-model: tts-1, voice: alloy, stt-model: whisper-1, format: wav, voices: {en-US-AvaNeural: nova}}
    - {name: azure, kind: azure, endpoint: "https://NAME.cognitiveservices.azure.com", key: hush}
    - {name: deepgram, kind: deepgram, url: "wss://127.0.0.1:9001", key: hush, rate: 8000}
    - {name: words, kind: piper, url: "http://127.0.0.1:5000"}
  text-to-speech: [azure, local]
  speech-to-text: [azure, openai]
  endpoints: {"https://Contoso.cognitiveservices.azure.com/": azure}
  prepare:
    - {text: "Welcome.", locale: en-US, voice-kind: female, voice: en-US-AvaNeural, custom-voice: mine, endpoint: "https://contoso.cognitiveservices.azure.com"}
    - {ssml: "<speak>Goodbye.</speak>"}
`

func TestSpeechIsConfigured(t *testing.T) {
	cfg, err := Load(Flags{Config: file(t, speechFile)})
	if err != nil {
		t.Fatal(err)
	}
	s := cfg.Speech
	if len(s.Providers) != 5 || !reflect.DeepEqual(s.TextToSpeech, []string{"azure", "local"}) || !reflect.DeepEqual(s.SpeechToText, []string{"azure", "openai"}) ||
		s.Endpoints["https://contoso.cognitiveservices.azure.com"] != "azure" {
		t.Errorf("got %+v", s)
	}
	if want := []PreparedSpeech{
		{Text: "Welcome.", Locale: "en-US", VoiceKind: "female", Voice: "en-US-AvaNeural", CustomVoice: "mine", Endpoint: "https://contoso.cognitiveservices.azure.com"},
		{SSML: "<speak>Goodbye.</speak>"},
	}; !reflect.DeepEqual(s.Prepare, want) {
		t.Errorf("prepares %+v", s.Prepare)
	}
	if p := s.Providers[1]; p.URL.String() != "http://127.0.0.1:9000/v1" || string(p.Key) != "hush" || !p.WAV || p.Voices["en-US-AvaNeural"] != "nova" || !p.Speaks() || !p.Hears() {
		t.Errorf("openai is %+v", p)
	}
	if p := s.Providers[3]; p.Rate != 8000 || p.URL.Scheme != "wss" {
		t.Errorf("deepgram is %+v", p)
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("configuration", "config", cfg)
	slog.New(slog.NewTextHandler(&out, nil)).Info("configuration", "config", cfg)
	if strings.Contains(out.String(), "hush") {
		t.Errorf("a key is in %s", &out)
	}
}

func TestProvidersOfSpeechAreAskedInTheirOrder(t *testing.T) {
	cfg, err := Load(Flags{Config: file(t, "speech: {providers: [{name: a, kind: deepgram, key: hush}, {name: b, kind: flite}, {name: c, kind: openai, url: 'http://127.0.0.1:9000/v1'}]}\n")})
	if s := cfg.Speech; err != nil || !reflect.DeepEqual(s.TextToSpeech, []string{"a", "b", "c"}) || !reflect.DeepEqual(s.SpeechToText, []string{"a", "c"}) {
		t.Errorf("got %+v, %v", s, err)
	}
}

// TestSpeechIsUnderstoodWhileItIsSpokenOrByFiles: as the kind can, or as configured.
func TestSpeechIsUnderstoodWhileItIsSpokenOrByFiles(t *testing.T) {
	for provider, want := range map[string]bool{
		"kind: azure, region: westeurope, key: hush":                          true,
		"kind: azure, region: westeurope, key: hush, stt-mode: file":          false,
		"kind: deepgram, key: hush":                                           true,
		"kind: openai, url: 'http://127.0.0.1:9000/v1'":                       false,
		"kind: openai, url: 'http://127.0.0.1:9000/v1', stt-mode: stream":     true,
		"kind: pocketsphinx, python: /opt/speech/bin/python3":                 false,
		"kind: vosk, url: 'ws://127.0.0.1:2700'":                              true,
		"kind: openai, url: 'http://127.0.0.1:9000/v1', realtime: beta":       false,
		"kind: deepgram, key: hush, url: 'wss://127.0.0.1', stt-mode: stream": true,
	} {
		cfg, err := Load(Flags{Config: file(t, "speech: {providers: [{name: a, "+provider+"}]}\n")})
		if err != nil || cfg.Speech.Providers[0].Streams != want || cfg.Speech.Providers[0].RealtimeBeta != strings.Contains(provider, "beta") || !cfg.Speech.Providers[0].Hears() {
			t.Errorf("%s: got %+v, %v", provider, cfg.Speech, err)
		}
	}
}

func TestKeyOfSpeechIsReadFromAFileOrAVariable(t *testing.T) {
	name := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(name, []byte("hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SPEECH_KEY_OF_THIS_TEST", "hush")
	for _, place := range []string{"key-file: " + filepath.ToSlash(name), "key-env: SPEECH_KEY_OF_THIS_TEST"} {
		cfg, err := Load(Flags{Config: file(t, "speech: {providers: [{name: a, kind: azure, region: westeurope, "+place+"}]}\n")})
		if err != nil || string(cfg.Speech.Providers[0].Key) != "hush" {
			t.Errorf("%s: got %v", place, err)
		}
	}
}

func TestSpeechThatIsRefused(t *testing.T) {
	for _, test := range []struct{ name, providers, rest, want string }{
		{"no name", "{kind: flite}", "", ":3: speech.providers[0] needs a name"},
		{"name twice", "{name: a, kind: flite}, {name: a, kind: espeak-ng}", "", `speech.providers[1] has the name "a" of another provider`},
		{"no kind", "{name: a}", "", "speech.providers[0] needs a kind: espeak-ng, flite"},
		{"unknown kind", "{name: a, kind: festival}", "", `speech.providers[0].kind is "festival"; it must be one of espeak-ng, flite`},
		{"unknown key", "{name: a, kind: flite, volume: 5}", "", "unknown field"},
		{"openai without a url", "{name: a, kind: openai}", "", "is of kind openai and needs a url, such as http://"},
		{"piper over ws", "{name: a, kind: piper, url: 'ws://127.0.0.1:2700'}", "", "speech.providers[0].url must be an address that begins with http:// or https://"},
		{"vosk over http", "{name: a, kind: vosk, url: 'http://127.0.0.1:2700'}", "", "speech.providers[0].url must be an address that begins with ws:// or wss://"},
		{"vosk without a url", "{name: a, kind: vosk}", "", "is of kind vosk and needs a url, such as ws://"},
		{"list of the dumb", "{name: a, kind: vosk, url: 'ws://127.0.0.1:2700'}", "text-to-speech: [a]", `speech.text-to-speech names "a", but kind vosk does not do this`},
		{"python of another kind", "{name: a, kind: flite, python: /usr/bin/python3}", "", "speech.providers[0].python is not for kind flite"},
		{"another mode", "{name: a, kind: azure, region: westeurope, key: hush, stt-mode: slow}", "", `speech.providers[0].stt-mode is "slow"; it must be one of stream, file`},
		{"password in a url", "{name: a, kind: openai, url: 'http://me:hush@127.0.0.1:9000/v1'}", "", "has neither user"},
		{"url of a program", "{name: a, kind: flite, url: 'http://127.0.0.1'}", "", "speech.providers[0].url is not for kind flite"},
		{"azure without a key", "{name: a, kind: azure, region: westeurope}", "", "is of kind azure and needs a key: set key, key-file or key-env"},
		{"azure without a place", "{name: a, kind: azure, key: hush}", "", "needs either an endpoint"},
		{"azure at two places", "{name: a, kind: azure, key: hush, region: westeurope, endpoint: 'https://a.test'}", "", "needs either an endpoint"},
		{"region of another host", "{name: a, kind: azure, key: hush, region: 'evil.test/'}", "", "must be the name of an Azure region"},
		{"region of deepgram", "{name: a, kind: deepgram, key: hush, region: westeurope}", "", "endpoint and region are for kind azure"},
		{"two keys", "{name: a, kind: deepgram, key: hush, key-env: HUSH}", "", "more than one of key, key-file and key-env"},
		{"variable that is not set", "{name: a, kind: deepgram, key-env: NO_SUCH_VARIABLE_HERE}", "", "NO_SUCH_VARIABLE_HERE, which is not set"},
		{"file that is missing", "{name: a, kind: deepgram, key-file: /no/such/file}", "", "speech.providers[0].key-file cannot be read"},
		{"key of two lines", `{name: a, kind: deepgram, key: "hu\nsh"}`, "", "has a key with a space"},
		{"rate", "{name: a, kind: deepgram, key: hush, rate: 44}", "", "a number from 8000 to 48000"},
		{"list of a stranger", "{name: a, kind: flite}", "text-to-speech: [b]", `speech.text-to-speech names "b", which is not the name of a provider`},
		{"list of the deaf", "{name: a, kind: flite}", "speech-to-text: [a]", `speech.speech-to-text names "a", but kind flite does not do this`},
		{"nothing to prepare", "{name: a, kind: flite}", "prepare: [{voice: x}]", "speech.prepare[0] needs either a text or an ssml"},
		{"two things to prepare at once", "{name: a, kind: flite}", "prepare: [{text: x, ssml: <speak/>}]", "speech.prepare[0] needs either a text or an ssml"},
		{"a voice for a document", "{name: a, kind: flite}", "prepare: [{ssml: <speak/>, voice: x}]", "which names its voice and language itself"},
		{"prepared text in no language", "{name: a, kind: flite}", "prepare: [{text: x, locale: 'en US'}]", "speech.prepare[0].locale is \"en US\"; it must be a language"},
		{"a kind of voice that is none", "{name: a, kind: flite}", "prepare: [{text: x, voice-kind: loud}]", "speech.prepare[0].voice-kind"},
		{"a document that is none", "{name: a, kind: flite}", "prepare: [{ssml: <speak>}]", "speech.prepare[0].ssml is not XML"},
		{"a long text", "{name: a, kind: flite}", "prepare: [{text: " + strings.Repeat("x", 4001) + "}]", "speech.prepare[0].text has more than 4000 characters"},
		{"too many", "{name: a, kind: flite}", "prepare: [" + strings.Repeat("{text: x},", 101) + "]", "speech.prepare has 101 prompts, more than 100"},
		{"endpoint of a stranger", "{name: a, kind: flite}", "endpoints: {'https://a.test': b}", `speech.endpoints names "b"`},
		{"endpoint without a scheme", "{name: a, kind: flite}", "endpoints: {a.test: a}", "is not an address such as"},
		{"endpoint twice", "{name: a, kind: flite}", "endpoints: {'https://a.test': a, 'https://a.test/': a}", "has https://a.test twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(Flags{Config: file(t, "speech:\n  providers:\n    ["+test.providers+"]\n  "+test.rest+"\n")})
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hush") {
				t.Errorf("got %v\nwant %s", err, test.want)
			}
		})
	}
}
