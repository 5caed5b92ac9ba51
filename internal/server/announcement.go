package server

import (
	"math"
	"time"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/player"
	"github.com/switchhook/switchhook/internal/speech"
)

// The beep before a recording: 1400 Hz, as telephone recorders beep in North
// America, at −12 dBFS.
const (
	beepPitch  = 1400 // Hz
	beepLength = 400 * time.Millisecond
	beepLevel  = 8192
	beepFade   = 10 * time.Millisecond // at both ends
)

// openAnnouncement is what is played before a call is recorded; nil: nothing is.
func openAnnouncement(cfg config.Announcement) (list []player.File, err error) {
	if cfg.Text != "" {
		list = append(list, player.File{CacheID: ownCacheID + "announcement-text", Speech: speech.Utterance{Text: cfg.Text}})
	}
	switch {
	case cfg.URL != "":
		list = append(list, player.File{URI: cfg.URL, CacheID: ownCacheID + "announcement"})
	case cfg.File != "":
		sound, err := readSound("recording.announcement", cfg.File)
		if err != nil {
			return nil, err
		}
		list = append(list, sound)
	}
	if cfg.Tone {
		const rate = 16_000
		list = append(list, player.File{Own: player.NewSound(func() ([]int16, int, error) { return beep(rate), rate, nil })})
	}
	return list, nil
}

// beep is the tone at a rate in Hz.
func beep(rate int) []int16 {
	samples := make([]int16, int(beepLength.Seconds()*float64(rate)))
	fade := beepFade.Seconds() * float64(rate)
	for i := range samples {
		edge := min(1, float64(min(i, len(samples)-1-i))/fade)
		samples[i] = int16(beepLevel * edge * math.Sin(2*math.Pi*beepPitch*float64(i)/float64(rate)))
	}
	return samples
}
