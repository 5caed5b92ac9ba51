package player

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
)

// TestCompressedFilesArePlayed plays a second of 440 Hz as MP3 and as Opus, held in
// memory, decoded while it plays, and cached.
func TestCompressedFilesArePlayed(t *testing.T) {
	tests := []struct {
		name, file, cacheID string
		held                bool
	}{
		{"MP3 of known length", "stereo-44k-vbr.mp3", "", true},
		{"MP3 of unknown length", "mono-16k-no-tag.mp3", "", false},
		{"MP3 in the cache", "mono-16k-no-tag.mp3", "an id", true},
		{"Opus", "mono.opus", "", false},
		{"Opus in the cache", "mono.opus", "an id", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if strings.HasSuffix(test.file, ".opus") && codec.OpusMissing() != nil {
				t.Skip("libopus is missing")
			}
			content, err := os.ReadFile("../soundfile/testdata/" + test.file)
			if err != nil {
				t.Fatal(err)
			}
			w := &web{files: map[string][]byte{"/prompt": content}}
			listening(t, Config{}, w, func(t *testing.T, l *Library) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				p := l.Open(ctx, []File{{URI: "http://web/prompt", CacheID: test.cacheID}}, false)
				<-p.Started()
				if held := l.shelf.total() > 0; held != test.held {
					t.Errorf("held in memory: %v", held)
				}
				heard := hear(p, 8000, forever)
				if _, err := p.Err(); err != nil || !audiotest.ContainsTone(heard, 8000, 440, 900*time.Millisecond) {
					t.Errorf("%v; heard %s", err, audiotest.Describe(heard, 8000))
				}
			})
		})
	}
}

// TestLoopOfMP3HasNoSeam plays a tone whose period divides its length again and
// again: where the encoder's padding would be heard, the tone goes on.
func TestLoopOfMP3HasNoSeam(t *testing.T) {
	content, err := os.ReadFile("../soundfile/testdata/stereo-44k-vbr.mp3")
	if err != nil {
		t.Fatal(err)
	}
	w := &web{files: map[string][]byte{"/prompt": content}}
	listening(t, Config{}, w, func(t *testing.T, l *Library) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		heard := hear(l.Open(ctx, []File{{URI: "http://web/prompt"}}, true), 8000, 125)
		seam := slices.Clone(heard[7500:8500])
		if !audiotest.ContainsTone(seam, 8000, 440, 120*time.Millisecond) {
			t.Errorf("at the seam %s", audiotest.Describe(seam, 8000))
		}
	})
}
