package player

import (
	"fmt"
	"io"
	"sync"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/loudness"
	"github.com/switchhook/switchhook/internal/panics"
	"github.com/switchhook/switchhook/internal/soundfile"
)

// Sound is a sound of the server's own. It is made when it is first played, and
// then kept: any number of calls play it.
type Sound struct {
	render func() (samples []int16, rate int, err error)

	once sync.Once
	clip *Clip
	err  error
}

// NewSound names a sound by what makes it.
func NewSound(render func() (samples []int16, rate int, err error)) *Sound {
	return &Sound{render: render}
}

// ReadSound reads a file of the server's own, within the limits of other files.
func ReadSound(file io.Reader) (*Sound, error) {
	limits := Config{}.withDefaults()
	sound, err := soundfile.Open(file, limits.MaxDuration)
	if err != nil {
		return nil, err
	}
	samples, err := audio.DecodeAll(sound, wideband)
	if err != nil {
		return nil, err
	}
	return NewSound(func() ([]int16, int, error) { return samples, wideband, nil }), nil
}

// get returns the clip, at the library's loudness.
func (s *Sound) get(l *Library) (*Clip, error) {
	s.once.Do(func() {
		if s.err = panics.Try(l.log, panics.Prompt, func() error { return s.make(l) }); s.err == nil {
			s.render = nil // and what it holds
		}
	})
	return s.clip, s.err
}

func (s *Sound) make(l *Library) error {
	samples, rate, err := s.render()
	if err == nil {
		s.clip, err = prepare(rate, func(at int) ([]int16, error) { return audio.Resample(samples, rate, at) })
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	l.level(s.clip)
	return nil
}

// level brings a clip that nobody plays yet to the library's loudness.
func (l *Library) level(c *Clip) {
	if l.cfg.Loudness == 0 {
		return
	}
	gain := loudness.Gain(c.wide, wideband, l.cfg.Loudness)
	loudness.Apply(c.wide, gain)
	loudness.Apply(c.narrow, gain)
}
