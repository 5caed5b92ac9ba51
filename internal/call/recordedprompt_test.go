package call_test

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// loudest is the highest sample of a channel.
func loudest(samples []int16) (most int16) {
	for _, s := range samples {
		most = max(most, s)
	}
	return most
}

// TestPromptToSeveralIsRecordedOnce: at its own level, 1000, whoever is told it.
func TestPromptToSeveralIsRecordedOnce(t *testing.T) {
	for _, channels := range []call.Record{{Options: mixedWAV}, {Options: unmixedWAV}} {
		t.Run(string(channels.Options.Channels), func(t *testing.T) {
			records(t, func(w *world, r *recordings) {
				_, conn, id := w.answered()
				w.addPhone(conn, "+15551230007")
				w.addPhone(conn, "+15551230008")
				channels.Connection = id
				state, err := w.StartRecording(bg, channels)
				w.must(err)
				w.must(conn.Play(bg, call.Play{Prompts: hello, To: []identifier.ID{phone("+15551230007"), phone("+15551230008")}}))
				time.Sleep(3 * time.Second)
				_, err = w.StopRecording(bg, state.ID)
				w.must(err)
				sound := r.sound(r.only())[0]
				near(t, "the prompt", heard(sound), 50)
				if most := loudest(sound); most < 900 || most > 1300 {
					t.Errorf("its level is %d, once it is 1000", most)
				}
				w.must(conn.Terminate(bg))
			})
		})
	}
}
