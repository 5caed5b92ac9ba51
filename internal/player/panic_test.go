package player

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/panics"
	"github.com/switchhook/switchhook/internal/soundfile"
)

// brokenDecoder panics at its first sample.
type brokenDecoder struct{ soundfile.Reader }

func (brokenDecoder) Read([]int16) (int, error) { panic("the file is beyond me") }

func TestDecoderThatPanicsHasFailed(t *testing.T) {
	file := containedSound{brokenDecoder{}, slog.New(slog.DiscardHandler)}
	var panicked *panics.Error
	if n, err := file.Read(make([]int16, 160)); n != 0 || !errors.As(err, &panicked) {
		t.Errorf("%d samples, %v", n, err)
	}
}

// TestPromptThatPanicsFailsEachTime plays a sound of the server's own twice that cannot be made.
func TestPromptThatPanicsFailsEachTime(t *testing.T) {
	l := newLibrary(t, Config{})
	sound := NewSound(func() ([]int16, int, error) { panic("the generator is broken") })
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		p := l.Open(ctx, []File{{Own: sound}}, false)
		select {
		case <-p.Done():
		case <-ctx.Done():
			t.Fatal("the playback goes on")
		}
		var panicked *panics.Error
		if _, err := p.Err(); !errors.As(err, &panicked) {
			t.Errorf("the playback ended with %v", err)
		}
		cancel()
	}
}
