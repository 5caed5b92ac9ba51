package provider

import (
	"io"
	"net/url"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/speech/speechtest"
)

// speaksOnce has a prompt spoken to its end.
func speaksOnce(t *testing.T, s speech.Synthesizer) {
	t.Helper()
	sound, err := s.Speak(t.Context(), hello)
	if err != nil {
		t.Fatal(err)
	}
	defer sound.Close()
	if _, err := io.Copy(io.Discard, sound); err != nil {
		t.Error(err)
	}
}

// TestConnectionIsThereBeforeTheFirstPrompt: which goes over it, and is the only one however
// many calls begin.
func TestConnectionIsThereBeforeTheFirstPrompt(t *testing.T) {
	for vendor, make := range map[string]func(at *url.URL) speech.Synthesizer{
		"azure": func(at *url.URL) speech.Synthesizer {
			return NewAzure(AzureConfig{Name: "azure", Endpoint: at, Key: "hush", Client: NewClient()})
		},
		"openai": func(at *url.URL) speech.Synthesizer {
			return NewOpenAI(OpenAIConfig{Name: "openai", URL: at.JoinPath("v1"), Key: "hush", Client: NewClient()})
		},
		"deepgram": func(at *url.URL) speech.Synthesizer {
			return NewDeepgram(DeepgramConfig{Name: "deepgram", URL: at, Key: "hush", Client: NewClient()})
		},
	} {
		service := speechtest.Start(t, vendor, speechtest.Fault{})
		s := make(service.URL())
		for range 3 {
			s.(speech.Warmer).Warm(t.Context())
		}
		if service.Accepted() != 1 || service.Connections() != 0 {
			t.Errorf("%s: %d connections, and %d requests, before it speaks", vendor, service.Accepted(), service.Connections())
		}
		speaksOnce(t, s)
		if service.Accepted() != 1 || service.Connections() != 1 {
			t.Errorf("%s: %d connections, and %d requests, when it has spoken", vendor, service.Accepted(), service.Connections())
		}
	}
}

// TestWebSocketsAreThereBeforeTheFirstPrompts: as many as calls begin, up to a bound; they
// are closed when nobody has spoken by them.
func TestWebSocketsAreThereBeforeTheFirstPrompts(t *testing.T) {
	a, service := speakingAzure(t, speechtest.Fault{})
	for range maxSpeakers + 4 {
		a.Warm(t.Context())
	}
	if n := service.Connections(); n != maxSpeakers {
		t.Errorf("%d connections", n)
	}
	speaksOnce(t, a)
	if n := service.Connections(); n != maxSpeakers || len(a.speakers) != maxSpeakers {
		t.Errorf("%d connections when it has spoken, and %d are kept", n, len(a.speakers))
	}

	a, service = speakingAzure(t, speechtest.Fault{})
	a.kept = time.Millisecond
	a.Warm(t.Context())
	for len(a.speakers) > 0 { // the test's own time limit ends it
		time.Sleep(time.Millisecond)
	}
	speaksOnce(t, a)
	if n := service.Connections(); n != 2 {
		t.Errorf("%d connections after one that was closed", n)
	}
}

// TestServiceThatIsAwayIsNoMatterBeforeItIsNeeded: the prompt says it then.
func TestServiceThatIsAwayIsNoMatterBeforeItIsNeeded(t *testing.T) {
	for _, live := range []bool{false, true} {
		a := NewAzure(AzureConfig{Name: "azure", Endpoint: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, Live: live, Client: NewClient()})
		a.Warm(t.Context())
		if _, err := a.Speak(t.Context(), hello); err == nil {
			t.Error("it speaks")
		}
	}
}
