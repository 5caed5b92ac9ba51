package config

import (
	"os"
	"path/filepath"
	"testing"
)

func TestHoldMusicIsAFileOrAnAddress(t *testing.T) {
	tests := []struct {
		name, file string
		want       HoldMusic
	}{
		{"nothing", "", HoldMusic{}},
		{"a file", "media: {hold-music: /srv/music.mp3}\n", HoldMusic{File: "/srv/music.mp3"}},
		{"an address", "media: {hold-music: \"https://web/music.mp3?a=b\"}\n", HoldMusic{URL: "https://web/music.mp3?a=b"}},
		{"a text too", "media: {hold-music: music.wav, hold-text: \" Please wait. \"}\n", HoldMusic{File: "music.wav", Text: "Please wait."}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "switchhook.yaml")
			if err := os.WriteFile(name, []byte(test.file), 0o600); err != nil {
				t.Fatal(err)
			}
			cfg, err := Load(Flags{Config: name})
			if err != nil || cfg.HoldMusic != test.want {
				t.Errorf("%+v, %v", cfg.HoldMusic, err)
			}
		})
	}
}
