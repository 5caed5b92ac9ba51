package player

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/loudness"
)

// growth is how far a clip is that is played while it is downloaded, by any number of
// calls. Its samples have their place from the beginning; one goroutine writes them.
//
//	growing ──all is written, the download broke, nobody plays it any more──▶ ended
type growth struct {
	narrow, wide atomic.Int64 // samples written
	ended        atomic.Bool
	err          error           // why, set before ended; nil: the file is over
	ctx          context.Context // of the download
	cancel       context.CancelCauseFunc
	dropped      bool // nobody played it any more: who comes now needs another; guarded by pins.mu
}

var errUnheard = errors.New("nobody plays the prompt any more")

// newGrowing returns a clip of a duration that has no samples yet.
func newGrowing(d time.Duration, s *source) *Clip {
	samples := int(d*narrowband/time.Second) + 1
	return &Clip{
		narrow: make([]int16, samples), wide: make([]int16, 2*samples), version: s.version,
		growth: &growth{ctx: s.body.ctx, cancel: s.limit.cancel},
	}
}

// there returns what can be played at a rate, and whether nothing follows.
func (c *Clip) there(rate int) (samples []int16, ended bool) {
	samples = c.at(rate)
	if c.growth == nil {
		return samples, true
	}
	ended = c.growth.ended.Load() // before the samples are counted
	written := &c.growth.narrow
	if rate == wideband {
		written = &c.growth.wide
	}
	return samples[:min(int(written.Load()), len(samples))], ended
}

// failed is why a clip has ended early; nil where it has not.
func (c *Clip) failed() error {
	if c == nil || c.growth == nil || !c.growth.ended.Load() {
		return nil
	}
	return c.growth.err
}

// track writes one of a clip's two versions.
type track struct {
	samples []int16
	written *atomic.Int64
	from    *audio.Resampler
	buffer  []int16
}

// put converts samples and writes what comes of them; last says that none follow. The
// result is valid until the next call. What is more than was announced is cut off.
func (t *track) put(in []int16, last bool) []int16 {
	t.buffer = t.from.Append(t.buffer[:0], in)
	if last {
		t.buffer = t.from.Flush(t.buffer)
	}
	at := t.written.Load()
	t.written.Store(at + int64(copy(t.samples[at:], t.buffer)))
	return t.buffer
}

// tracks are a clip's two versions: the one that loses nothing of what comes at a rate,
// and the one that is made of it.
func (c *Clip) tracks(rate int) (first, second *track, err error) {
	first = &track{samples: c.wide, written: &c.growth.wide}
	second = &track{samples: c.narrow, written: &c.growth.narrow}
	between, other := wideband, narrowband
	if rate <= narrowband {
		first, second = second, first
		between, other = other, between
	}
	var err1, err2 error
	first.from, err1 = audio.NewAlignedResampler(rate, between)
	second.from, err2 = audio.NewAlignedResampler(between, other)
	return first, second, errors.Join(err1, err2)
}

// grow downloads a source into a clip, as fast as it comes. target, if not 0, is the
// loudness that it is brought to.
func (c *Clip) grow(src *source, target float64) error {
	first, second, err := c.tracks(src.file.Rate())
	if err != nil {
		return err
	}
	var level *loudness.Leveller
	if target != 0 {
		level = loudness.NewLeveller(src.file.Rate(), target)
	}
	in, levelled := make([]int16, blockSize), []int16(nil)
	for {
		n, err := src.read(in)
		if err != nil && err != io.EOF {
			return err
		}
		block := in[:n]
		if level != nil {
			levelled = level.Append(levelled[:0], block)
			if err == io.EOF {
				levelled = level.Flush(levelled)
			}
			block = levelled
		}
		second.put(first.put(block, err == io.EOF), err == io.EOF)
		if err == io.EOF {
			if first.written.Load() == 0 {
				return src.explained(errNoSamples)
			}
			return nil
		}
	}
}

// end says that nothing follows.
func (g *growth) end(err error) {
	g.err = err
	g.ended.Store(true)
}
