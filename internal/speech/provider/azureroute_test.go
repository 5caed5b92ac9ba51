package provider

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/speech"
)

// TestKeyFollowsToHostsOfTheServiceOnly: a resource may say that the hosts of its region
// serve it; whatever else it says, the key stays where it was configured for.
func TestKeyFollowsToHostsOfTheServiceOnly(t *testing.T) {
	for answer, want := range map[string]string{
		"wss://westeurope.stt.speech.microsoft.com/stt/speech/universal/v2?Ocp-Apim-Custom-Domain-Name=contoso": "https://westeurope.stt.speech.microsoft.com/stt/speech/universal/v2?Ocp-Apim-Custom-Domain-Name=contoso&language=en-US",
		"https://x.stt.speech.azure.us/path":        "https://x.stt.speech.azure.us/path?language=en-US",
		"https://evil.test/path":                    "",
		"https://speech.microsoft.com.evil.test/":   "",
		"https://evilspeech.microsoft.com/":         "",
		"ws://westeurope.stt.speech.microsoft.com/": "", // without TLS
		"//westeurope.stt.speech.microsoft.com/":    "",
		"not an address":                            "", "": "",
	} {
		asked := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			if r.URL.Query().Get("GenerateRedirectResponse") != "true" || r.Header.Get("Ocp-Apim-Subscription-Key") != "" {
				t.Errorf("asked %s with %v", r.URL, r.Header)
			}
			io.WriteString(w, answer+"\n")
		}))
		at, _ := url.Parse(server.URL)
		a := NewAzure(AzureConfig{Endpoint: at, Key: "hush", Client: NewClient()})
		for range 2 {
			got := a.routed(t.Context(), a.at("stt", "/speech/universal/v2", url.Values{"language": {"en-US"}})).String()
			if want == "" {
				want = server.URL + "/stt/speech/universal/v2?language=en-US"
			}
			if got != want {
				t.Errorf("%q leads to %s, want %s", answer, got, want)
			}
		}
		if asked != 1 {
			t.Errorf("it was asked %d times", asked)
		}
		server.Close()
	}
}

// TestAddressThatCouldNotBeAskedIsAskedAgain: a network that is down says nothing.
func TestAddressThatCouldNotBeAskedIsAskedAgain(t *testing.T) {
	down := true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		io.WriteString(w, "https://x.stt.speech.microsoft.com/")
	}))
	defer server.Close()
	at, _ := url.Parse(server.URL)
	a := NewAzure(AzureConfig{Endpoint: at, Key: "hush", Client: NewClient()})
	to := a.at("stt", "/p", nil)
	if got := a.routed(t.Context(), to); got.Host != at.Host {
		t.Errorf("it leads to %s", got)
	}
	down = false
	if got := a.routed(t.Context(), to); got.Host != "x.stt.speech.microsoft.com" {
		t.Errorf("it leads to %s", got)
	}
}

// TestAzureIsToldHowToUnderstand: the language or those to identify, a trained model,
// and the phrases that are likely.
func TestAzureIsToldHowToUnderstand(t *testing.T) {
	a := NewAzure(AzureConfig{Region: "westeurope", Key: "hush", Client: NewClient()})
	for _, test := range []struct {
		name  string
		l     speech.Listening
		query string
		has   []string // of speech.context
		lacks string
	}{
		{"one language", speech.Listening{Languages: []string{"de-DE"}, Words: true}, "format=detailed&language=de-DE&wordLevelTimestamps=true", []string{`"language":"de-DE"`, `"WordTimings"`}, "languageId"},
		{"none", speech.Listening{}, "format=detailed&language=en-US", []string{`"language":"en-US"`}, "languageId"},
		{"several", speech.Listening{Languages: []string{"de-DE", "en-US"}}, "format=detailed&lidEnabled=true", []string{`"languageId":{"languages":["de-DE","en-US"]`, `"resultType":"Always"`}, `"language":`},
		{"a trained model", speech.Listening{Languages: []string{"de-DE"}, Model: "m"}, "cid=m&format=detailed", nil, "languageId"},
		{"choices", speech.Listening{Phrases: []string{`say "yes"`, "no"}}, "format=detailed&language=en-US", []string{`"dgi":{"bias":1,"groups":[{"items":[{"text":"say \"yes\""},{"text":"no"}],"type":"Generic"}]}`}, "languageId"},
	} {
		if got := a.liveQuery(test.l).Encode(); got != test.query {
			t.Errorf("%s: the query is %s, want %s", test.name, got, test.query)
		}
		context, err := json.Marshal((&azureProtocol{l: test.l}).context())
		if err != nil || strings.Contains(string(context), test.lacks) {
			t.Errorf("%s: %v, %s", test.name, err, context)
		}
		for _, part := range test.has {
			if !strings.Contains(string(context), part) {
				t.Errorf("%s: %s lacks %s", test.name, context, part)
			}
		}
	}
}
