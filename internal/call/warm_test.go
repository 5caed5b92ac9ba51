package call_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/speech"
)

// TestSpeechIsToldWhenACallIsUp: of the services that its application has named, and not
// before somebody can be heard.
func TestSpeechIsToldWhenACallIsUp(t *testing.T) {
	run(t, func(w *world) {
		leg, in := w.incoming()
		named := control
		named.SpeechEndpoint, named.SpeechBackup = "https://one.test", "https://two.test"
		if early := w.prompts.Warmed(); len(early) > 0 {
			t.Errorf("while it rings: %v", early)
		}
		_, err := w.Answer(bg, in.Context, identifier.ID{}, named)
		w.must(err)
		synctest.Wait()
		if told, want := w.prompts.Warmed(), []speech.Endpoints{{Main: "https://one.test", Backup: "https://two.test"}}; !slices.Equal(told, want) {
			t.Errorf("when it is up: %v", told)
		}
		leg.HangUp()
	})
}
