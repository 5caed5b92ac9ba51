package provider

import (
	"testing"

	"github.com/switchhook/switchhook/internal/speech"
)

// TestWhisperTellsTheLanguageOfSeveral: which one it was, by its name; of one that was asked
// for nothing is to be told.
func TestWhisperTellsTheLanguageOfSeveral(t *testing.T) {
	got := transcription{Language: "english", Text: " Sales, please."}
	for want, expected := range map[string][]string{"english": {"de-DE", "en-US"}, "": {"en-US"}} {
		if r := got.result(speech.Listening{Languages: expected}); r.Language != want || r.Text != "Sales, please." {
			t.Errorf("of %v: %+v", expected, r)
		}
	}
}
