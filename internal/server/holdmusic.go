package server

import (
	"fmt"
	"os"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/music"
	"github.com/switchhook/switchhook/internal/player"
	"github.com/switchhook/switchhook/internal/speech"
)

// holdMusic is what is heard on hold where an application names nothing.
type holdMusic struct {
	generated  player.File
	configured []player.File // one after the other, again and again
}

// ownCacheID begins the cache ids of what is downloaded or spoken for the server. No application
// has it: theirs come from JSON, which has no such byte.
const ownCacheID = "\xFFown-"

// openHoldMusic reads the file of the music, if the configuration names one.
func openHoldMusic(cfg config.HoldMusic) (holdMusic, error) {
	const rate = 16_000
	m := holdMusic{generated: player.File{Own: player.NewSound(func() ([]int16, int, error) { return music.Hold(rate), rate, nil })}}
	if cfg.Text != "" {
		m.configured = append(m.configured, player.File{CacheID: ownCacheID + "text", Speech: speech.Utterance{Text: cfg.Text}})
	}
	switch {
	case cfg.URL != "":
		m.configured = append(m.configured, player.File{URI: cfg.URL, CacheID: ownCacheID + "music"})
	case cfg.File != "":
		sound, err := readSound("media.hold-music", cfg.File)
		if err != nil {
			return m, err
		}
		m.configured = append(m.configured, sound)
	default:
		m.configured = append(m.configured, m.generated)
	}
	return m, nil
}

// readSound reads a file that a configuration key names.
func readSound(key, name string) (player.File, error) {
	file, err := os.Open(name)
	if err != nil {
		return player.File{}, fmt.Errorf("%s: %w", key, err)
	}
	defer file.Close()
	sound, err := player.ReadSound(file)
	if err != nil {
		return player.File{}, fmt.Errorf("%s: %s: %w", key, name, err)
	}
	return player.File{Own: sound}, nil
}
