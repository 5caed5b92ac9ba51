package server

import (
	"errors"
	"log/slog"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/player"
	"github.com/switchhook/switchhook/internal/speech"
)

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
