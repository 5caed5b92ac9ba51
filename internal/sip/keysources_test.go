package sip

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// TestKeyThatIsToldTwiceIsOnePress asks that presses told in INFO and in the media are
// counted once, in whatever order the tellings come, and that fast presses of one key
// stay as many as they are.
func TestKeyThatIsToldTwiceIsOnePress(t *testing.T) {
	type told struct {
		key string
		by  keySource
		ms  int
	}
	const info, media = keyInINFO, keyInMedia
	for _, test := range []struct {
		name  string
		steps []told
		want  string
	}{
		{"INFO alone", []told{{"1", info, 0}, {"1", info, 200}, {"2", info, 400}}, "112"},
		{"media alone", []told{{"1", media, 0}, {"1", media, 200}, {"2", media, 400}}, "112"},
		{"media first", []told{{"1", media, 0}, {"1", info, 30}, {"2", media, 300}, {"2", info, 330}}, "12"},
		{"INFO first", []told{{"1", info, 0}, {"1", media, 30}, {"2", info, 300}, {"2", media, 330}}, "12"},
		{"one key twice", []told{{"1", media, 0}, {"1", info, 30}, {"1", media, 300}, {"1", info, 330}}, "11"},
		{"INFOs come together", []told{{"1", media, 0}, {"1", media, 300}, {"1", info, 310}, {"1", info, 320}}, "11"},
		{"INFO at the end of the press", []told{{"1", media, 0}, {"2", media, 400}, {"1", info, 500}, {"2", info, 900}}, "12"},
		{"one INFO is lost for good", []told{{"1", media, 0}, {"1", media, 6000}, {"1", info, 6030}}, "11"},
		{"another way later", []told{{"1", media, 0}, {"1", info, 5100}}, "11"},
	} {
		var f keyFilter
		got, began := "", time.Now()
		for _, step := range test.steps {
			if f.isNew(call.Tone(step.key[0]), step.by, began.Add(time.Duration(step.ms)*time.Millisecond)) {
				got += step.key
			}
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestKeysThatWaitAreBounded asks that a phone that never stops takes no more memory.
func TestKeysThatWaitAreBounded(t *testing.T) {
	var f keyFilter
	now := time.Now()
	for range 10 * maxKeysAlone {
		if !f.isNew('1', keyInINFO, now) {
			t.Fatal("a press is lost")
		}
	}
	if len(f.alone) > maxKeysAlone {
		t.Errorf("%d presses wait", len(f.alone))
	}
}
