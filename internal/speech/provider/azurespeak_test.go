package provider

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/speech/speechtest"
)

func speakingAzure(t *testing.T, fault speechtest.Fault) (*Azure, *speechtest.Service) {
	service := speechtest.Start(t, "azure", fault)
	return NewAzure(AzureConfig{Name: "azure", Endpoint: service.URL(), Key: "hush", Live: true, Client: NewClient()}), service
}

// TestAzureSpeaksByItsWebSocket: prompt after prompt on one connection, which one that
// is closed in the middle does not spoil.
func TestAzureSpeaksByItsWebSocket(t *testing.T) {
	a, service := speakingAzure(t, speechtest.Fault{})
	for i := range 3 {
		sound, err := a.Speak(t.Context(), hello)
		if err != nil {
			t.Fatal(err)
		}
		pcm, err := io.ReadAll(sound)
		sound.Close()
		if err != nil || sound.Rate != 16000 || len(pcm) != 32000 || string(pcm) != string(tone(16000)) {
			t.Errorf("prompt %d: %d bytes at %d Hz, %v", i, len(pcm), sound.Rate, err)
		}
	}
	if n := service.Connections(); n != 1 || len(service.Heard()) != 3 || !strings.Contains(service.Heard()[0], "Hello &lt;b&gt;") {
		t.Errorf("%d connections, %v", n, service.Heard())
	}
	sound, err := a.Speak(t.Context(), hello)
	if err != nil {
		t.Fatal(err)
	}
	sound.Close()
	sound.Close()
	sound, err = a.Speak(t.Context(), hello)
	if err != nil {
		t.Fatal(err)
	}
	if pcm, err := io.ReadAll(sound); len(pcm) != 32000 || err != nil || service.Connections() != 2 {
		t.Errorf("after one that was interrupted: %d bytes, %v, %d connections", len(pcm), err, service.Connections())
	}
	sound.Close()
}

// TestKeptConnectionThatWasClosedIsMadeAgain: services close what is idle.
func TestKeptConnectionThatWasClosedIsMadeAgain(t *testing.T) {
	a, service := speakingAzure(t, speechtest.Fault{CloseAfter: 4, Times: 1}) // the second prompt's first message
	for range 2 {
		sound, err := a.Speak(t.Context(), hello)
		if err != nil {
			t.Fatal(err)
		}
		if pcm, err := io.ReadAll(sound); len(pcm) != 32000 || err != nil {
			t.Errorf("%d bytes, %v", len(pcm), err)
		}
		sound.Close()
	}
	if service.Connections() != 2 {
		t.Errorf("%d connections", service.Connections())
	}
}

func TestFailuresOfAzuresVoiceHaveAKind(t *testing.T) {
	for _, test := range faults {
		if test.fault.Hang {
			continue // 5 s, as for those who understand
		}
		a, _ := speakingAzure(t, test.fault)
		sound, err := a.Speak(t.Context(), hello)
		if err == nil {
			_, err = io.ReadAll(sound)
			sound.Close()
		}
		var failure *speech.Error
		if test.fault.Instead != nil {
			test.kind = speech.Unreachable
		}
		if !errors.As(err, &failure) || failure.Kind != test.kind || failure.Status != test.status || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestSpeechThatBreaksOffIsAnError: not an end.
func TestSpeechThatBreaksOffIsAnError(t *testing.T) {
	a, _ := speakingAzure(t, speechtest.Fault{NeverFinal: true})
	sound, err := a.Speak(t.Context(), hello)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(200*time.Millisecond, func() { sound.ReadCloser.(*azureSound).speaker.conn.Close() })
	if pcm, err := io.ReadAll(sound); err == nil || len(pcm) == 0 || len(pcm) == 32000 {
		t.Errorf("%d bytes, %v", len(pcm), err)
	}
	sound.Close()
}
