package provider

import (
	"fmt"
	"testing"

	"github.com/switchhook/switchhook/internal/speech"
)

// TestManyPhrasesAreNoRefusal: of the choices of a large menu those are named that the
// service takes; the others are understood without.
func TestManyPhrasesAreNoRefusal(t *testing.T) {
	d := NewDeepgram(DeepgramConfig{Name: "deepgram"})
	var phrases []string
	for i := range 1000 {
		phrases = append(phrases, fmt.Sprintf("department %d", i))
	}
	for _, test := range []struct{ phrases, want int }{{3, 3}, {125, 125}, {1000, 125}} {
		if got := d.listenQuery(speech.Listening{Phrases: phrases[:test.phrases]})["keyterm"]; len(got) != test.want || got[0] != "department 0" {
			t.Errorf("of %d phrases %d are named", test.phrases, len(got))
		}
	}
}
