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

// ownCacheID is the cache id of music that is downloaded or spoken. No application
// has it: theirs come from JSON, which has no such byte.
const ownCacheID = "\xFFhold-"

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
		file, err := os.Open(cfg.File)
		if err != nil {
			return m, fmt.Errorf("media.hold-music: %w", err)
		}
		defer file.Close()
		sound, err := player.ReadSound(file)
		if err != nil {
			return m, fmt.Errorf("media.hold-music: %s: %w", cfg.File, err)
		}
		m.configured = append(m.configured, player.File{Own: sound})
	default:
		m.configured = append(m.configured, m.generated)
	}
	return m, nil
}
