package player

import (
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// The rates that calls run at, in Hz. A clip is prepared for both, so that a
// call may become wideband in the middle of a prompt.
const (
	narrowband = 8_000
	wideband   = 16_000
)

// Clip is a sound that is ready to be played, or grows while it is. What is there
// never changes, and any number of calls play it at the same time.
type Clip struct {
	narrow []int16 // at 8 kHz
	wide   []int16 // the same at 16 kHz

	growth  *growth // nil: all of it is there
	version string  // of the file, where it is kept without a cache id; see versionOf
}

var errNoSamples = errors.New("it holds no samples")

// prepare makes a clip of a sound that lies at a rate and can be had at another,
// once. Each version is made from the nearest that loses nothing.
func prepare(rate int, at func(int) ([]int16, error)) (*Clip, error) {
	first, second := wideband, narrowband
	if rate <= narrowband {
		first, second = narrowband, wideband
	}
	samples, err := at(first)
	if err != nil {
		return nil, err
	}
	if len(samples) == 0 {
		return nil, errNoSamples
	}
	other, err := audio.Resample(samples, first, second)
	if err != nil {
		return nil, err
	}
	if first == wideband {
		return &Clip{wide: samples, narrow: other}, nil
	}
	return &Clip{narrow: samples, wide: other}, nil
}

// Duration returns how long the clip plays, about, while it grows.
func (c *Clip) Duration() time.Duration {
	samples := len(c.narrow)
	if c.growth != nil {
		samples = c.growth.narrow.size()
	}
	return time.Duration(samples) * time.Second / narrowband
}

// at returns the clip's samples at a rate; nil at one that calls do not run at.
func (c *Clip) at(rate int) []int16 {
	if c.growth != nil {
		if version := c.growth.at(rate); version != nil {
			return version.there()
		}
		return nil
	}
	switch rate {
	case narrowband:
		return c.narrow
	case wideband:
		return c.wide
	}
	return nil
}

// size is the memory that the clip holds, in bytes.
func (c *Clip) size() int64 {
	samples := cap(c.narrow) + cap(c.wide)
	if c.growth != nil {
		samples = c.growth.narrow.size() + c.growth.wide.size()
	}
	return 2 * int64(samples)
}
