package player

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/switchhook/switchhook/internal/panics"
	"github.com/switchhook/switchhook/internal/soundfile"
)

// openSound reads the beginning of a file. Decoders are given what strangers send: where one
// panics, that file cannot be played, and all others can.
func (l *Library) openSound(in io.Reader) (file soundfile.Reader, err error) {
	err = panics.Try(l.log, panics.Prompt, func() error {
		file, err = soundfile.Open(in, l.cfg.MaxDuration)
		return err
	})
	if err != nil {
		return nil, err
	}
	return containedSound{file, l.log}, nil
}

// containedSound is a file whose decoder may panic.
type containedSound struct {
	soundfile.Reader
	log *slog.Logger
}

// Read implements audio.Decoder.
func (c containedSound) Read(samples []int16) (n int, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			n, err = 0, panics.Note(c.log, panics.Prompt, cause, "decoder", fmt.Sprintf("%T", c.Reader))
		}
	}()
	return c.Reader.Read(samples)
}
