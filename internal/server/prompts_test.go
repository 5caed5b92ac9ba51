package server

import (
	"errors"
	"log/slog"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/player"
	"github.com/switchhook/switchhook/internal/speech"
)

// TestEmptyTextIsNoDownload: with and without a provider, the failure is that of an empty
// text (8582), not that of a file.
func TestEmptyTextIsNoDownload(t *testing.T) {
	for name, service := range map[string]speech.Synthesizer{"nobody speaks": nil, "nothing is configured": &speech.Synthesizers{}} {
		library := player.New(player.Config{Speech: service}, slog.New(slog.DiscardHandler))
		defer library.Close()
		for _, empty := range []call.Prompt{
			call.Text{}, call.Text{Text: " \n"}, call.Text{Voice: "en-US-AvaNeural"}, call.Text{CacheID: "greeting"}, call.SSML{}, call.SSML{SSML: " \n"},
		} {
			playback := prompts{library: library}.Open(t.Context(), []call.Prompt{empty}, false)
			<-playback.Done()
			var failure *speech.Error
			if index, err := playback.Err(); index != 0 || !errors.As(err, &failure) || failure.Kind != speech.Empty {
				t.Errorf("%s: %#v: prompt %d, %v", name, empty, index, err)
			}
		}
	}
}

func TestPromptsThatNobodySpeaksFail(t *testing.T) {
	library := player.New(player.Config{Speech: &speech.Synthesizers{}}, slog.New(slog.DiscardHandler))
	defer library.Close()
	for _, spoken := range []call.Prompt{call.Text{Text: "hello"}, call.SSML{SSML: "<speak/>"}} {
		playback := prompts{library: library}.Open(t.Context(), []call.Prompt{spoken}, false)
		<-playback.Done()
		var failure *speech.Error
		if index, err := playback.Err(); index != 0 || !errors.As(err, &failure) || failure.Kind != speech.Unconfigured {
			t.Errorf("%T: prompt %d, %v", spoken, index, err)
		}
	}
}
