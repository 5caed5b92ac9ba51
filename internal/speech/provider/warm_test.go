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

// warmer is a provider that connects before it is asked to speak or to understand.
type warmer interface {
	speech.Synthesizer
	speech.Uploader
	speech.Warmer
	speech.HearingWarmer
}

func warmable(at *url.URL, vendor string) warmer {
	switch vendor {
	case "azure":
		return NewAzure(AzureConfig{Name: vendor, Endpoint: at, Key: "hush", Client: NewClient()})
	case "openai":
		return NewOpenAI(OpenAIConfig{Name: vendor, URL: at.JoinPath("v1"), Key: "hush", Client: NewClient()})
	}
	return NewDeepgram(DeepgramConfig{Name: vendor, URL: at, Key: "hush", Client: NewClient()})
}

// TestConnectionIsThereBeforeTheFirstPrompt: which goes over it, and is the only one however
// many calls begin.
func TestConnectionIsThereBeforeTheFirstPrompt(t *testing.T) {
	for _, vendor := range []string{"azure", "openai", "deepgram"} {
		service := speechtest.Start(t, vendor, speechtest.Fault{})
		s := warmable(service.URL(), vendor)
		for range 3 {
			s.Warm(t.Context())
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

// TestConnectionIsThereBeforeTheUtteranceIsOver: services that get files are connected to
// while somebody speaks.
func TestConnectionIsThereBeforeTheUtteranceIsOver(t *testing.T) {
	for _, vendor := range []string{"azure", "openai", "deepgram"} {
		service := speechtest.Start(t, vendor, speechtest.Fault{})
		text, err := speech.Uploading{Uploader: warmable(service.URL(), vendor)}.Listen(t.Context(), speech.Listening{Languages: []string{"en-US"}, Rate: 16000})
		if err != nil {
			t.Fatal(err)
		}
		text.Write(0, make([]int16, 1600))
		for service.Accepted() == 0 { // the test's own time limit ends it
			time.Sleep(time.Millisecond)
		}
		text.Finish()
		if result := <-text.Results(); text.Err() != nil || !result.Final {
			t.Errorf("%s: %+v, %v", vendor, result, text.Err())
		}
		if service.Connections() != 1 || service.Accepted() > 2 { // two, if the first one's answer was not there yet
			t.Errorf("%s: %d requests, %d connections", vendor, service.Connections(), service.Accepted())
		}
		text.Close()
	}
}
