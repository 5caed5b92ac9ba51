package audio

import "time"

// Cadence lets a source be heard for a while, silences it for a while, and so
// on: ringing, busy and hold tones. Times are rounded down to whole frames, on
// lasts at least one. The source does not advance while it is silent.
func Cadence(source Source, on, off time.Duration) Source {
	return &cadence{
		source: source,
		on:     max(1, int(on/FrameDuration)),
		off:    max(0, int(off/FrameDuration)),
	}
}

type cadence struct {
	source  Source
	on, off int // frames
	at      int // frames into the present round
}

// ReadFrame implements Source.
func (c *cadence) ReadFrame(f Frame) bool {
	heard := c.at < c.on
	if c.at++; c.at >= c.on+c.off {
		c.at = 0
	}
	return heard && c.source.ReadFrame(f)
}
