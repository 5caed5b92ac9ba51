package recording

import (
	"slices"

	"github.com/switchhook/switchhook/internal/audio"
)

// MaxChannels is how many channels an unmixed recording has at most.
const MaxChannels = 5

// frameSamples is a frame of a recording.
const frameSamples = SampleRate / audio.FramesPerSecond

// audible is the level above which a frame counts as speech, as the mean of
// squares: −50 dBFS. Comfort noise lies below it.
const audible = 10737

// channel is one channel of a recording.
type channel struct {
	who    string // raw id of whom it belongs to; "": everybody's, or nobody's yet
	ears   []*ear // one for each of their endpoints
	told   bool   // that they have a channel, or none
	bridge audio.Bridge
	mask   *keyMask // nil: keys are heard
	total  audio.Total
	out    [frameSamples]int16
}

// hear returns what its participant says at a tick, nil for silence, with another
// frame that belongs to them.
func (c *channel) hear(at audio.Tick, and audio.Frame) audio.Frame {
	c.total.Add(and)
	for _, e := range c.ears {
		c.total.Add(e.take(at))
	}
	c.ears = slices.DeleteFunc(c.ears, (*ear).over)
	return c.total.Take()
}

// widen returns a frame at the rate of recordings; nil stays silence.
func (c *channel) widen(f audio.Frame) audio.Frame {
	if f == nil {
		c.bridge.SkipFrame()
	} else {
		f = c.bridge.Convert(c.out[:], f)
	}
	if c.mask != nil {
		return c.mask.pass(f)
	}
	return f
}

// speech reports whether somebody can be heard in a frame.
func speech(f audio.Frame) bool {
	return audio.Energy(f) > int64(len(f))*audible
}
