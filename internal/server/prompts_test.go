package server

import (
	"log/slog"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/player"
)

func TestPromptsThatNobodySpeaksFail(t *testing.T) {
	library := player.New(player.Config{}, slog.New(slog.DiscardHandler))
	defer library.Close()
	for _, spoken := range []call.Prompt{call.Text{Text: "hello"}, call.SSML{SSML: "<speak/>"}} {
		playback := prompts{library}.Open(t.Context(), []call.Prompt{call.File{URI: "http://app.test/a.wav"}, spoken}, false)
		<-playback.Done()
		if index, err := playback.Err(); index != 1 || !fault.Is(err, fault.KindUnsupported) {
			t.Errorf("%T: prompt %d, %v", spoken, index, err)
		}
	}
}
