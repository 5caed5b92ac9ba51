package callautomation

import (
	"io"
	"log/slog"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
)

func TestOnlyPreviewsAreToldOfHoldAudio(t *testing.T) {
	for version, want := range map[string]int{
		"2024-06-15-preview": 0, "2024-09-01-preview": 4, "2024-11-15-preview": 0, "2025-08-15-preview": 4, "2024-09-15": 0, "2026-03-12": 0, "": 0,
	} {
		box := &outbox{held: map[string][]byte{}}
		callbacks := NewCallbacks(box, slog.New(slog.NewTextHandler(io.Discard, nil)))
		head := call.Head{Connection: "c", Control: call.Control{Version: version, CallbackURI: "http://app.test/"}}
		for _, e := range []call.Event{call.HoldAudioStarted{Head: head}, call.HoldAudioPaused{Head: head}, call.HoldAudioResumed{Head: head}, call.HoldAudioCompleted{Head: head}} {
			callbacks.Publish(e)
		}
		if len(box.posted) != want {
			t.Errorf("%q is told of %d, want %d", version, len(box.posted), want)
		}
	}
}
