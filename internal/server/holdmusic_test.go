package server

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/player"
)

// heard is the first second of the music on hold.
func heard(t *testing.T, cfg config.HoldMusic, own call.OwnMusic) []int16 {
	t.Helper()
	hold, err := openHoldMusic(cfg)
	if err != nil {
		t.Fatal(err)
	}
	library := player.New(player.Config{}, slog.New(slog.DiscardHandler))
	defer library.Close()
	p := prompts{library: library, hold: hold}.Open(t.Context(), []call.Prompt{own}, true)
	<-p.Started()
	return audiotest.Record(p, 8000, time.Second)
}

func TestHoldMusicIsGeneratedOrOnesOwn(t *testing.T) {
	var wav bytes.Buffer
	if err := audio.WriteWAV(&wav, 8000, audiotest.Tone(8000, time.Second, -12, 440)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "music.wav")
	if err := os.WriteFile(file, wav.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	tone := func(samples []int16) bool { return audiotest.ContainsTone(samples, 8000, 440, 900*time.Millisecond) }
	if !tone(heard(t, config.HoldMusic{File: file}, call.OwnMusic{})) {
		t.Error("the configured file is not heard")
	}
	for _, got := range [][]int16{heard(t, config.HoldMusic{}, call.OwnMusic{}), heard(t, config.HoldMusic{File: file}, call.OwnMusic{Generated: true})} {
		if tone(got) || audiotest.Level(got) < -40 {
			t.Errorf("not the generated music: %s", audiotest.Describe(got, 8000))
		}
	}
}

// TestHoldTextIsSpokenBeforeTheMusic: both are played again and again.
func TestHoldTextIsSpokenBeforeTheMusic(t *testing.T) {
	hold, err := openHoldMusic(config.HoldMusic{Text: "please wait", URL: "https://web/music.mp3"})
	if err != nil || len(hold.configured) != 2 || hold.configured[0].Speech.Text != "please wait" || hold.configured[1].URI != "https://web/music.mp3" {
		t.Errorf("%+v, %v", hold.configured, err)
	}
}

func TestHoldMusicThatCannotBeReadIsNoted(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "music.wav")
	if err := os.WriteFile(bad, []byte("<html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{bad, bad + ".missing"} {
		if _, err := openHoldMusic(config.HoldMusic{File: name}); err == nil || !strings.Contains(err.Error(), "media.hold-music") || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
