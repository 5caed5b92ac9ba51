package player

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/loudness"
	"github.com/switchhook/switchhook/internal/panics"
)

// growth is how far a clip is that is played while it is downloaded, by any number of
// calls; one goroutine writes it.
//
//	growing ──all is written, the download broke, nobody plays it any more──▶ ended
type growth struct {
	narrow, wide grown
	ended        atomic.Bool
	err          error           // why, set before ended; nil: the file is over
	ctx          context.Context // of the download
	cancel       context.CancelCauseFunc
}

// grown is one version of a clip that grows. Its buffer is replaced by a larger one when it
// is full: what was announced of its length may be wrong.
type grown struct {
	written atomic.Int64 // samples
	buffer  atomic.Pointer[[]int16]
}

var errUnheard = errors.New("nobody plays the prompt any more")

// slack is how many samples resampling may add to what a file's length lets expect.
const slack = 64

// newGrowing returns a clip that has no samples yet, of a file that plays for about d.
func newGrowing(d time.Duration, s *source) *Clip {
	g := &growth{ctx: s.body.ctx, cancel: s.limit.cancel}
	for version, rate := range map[*grown]time.Duration{&g.narrow: narrowband, &g.wide: wideband} {
		buffer := make([]int16, d*rate/time.Second+slack)
		version.buffer.Store(&buffer)
	}
	return &Clip{version: s.version, growth: g}
}

// there returns what has been written. The count is read before the buffer, which is
// stored first.
func (g *grown) there() []int16 {
	n := g.written.Load()
	return (*g.buffer.Load())[:n]
}

func (g *grown) append(samples []int16) {
	at, buffer := int(g.written.Load()), *g.buffer.Load()
	if need := at + len(samples); need > len(buffer) {
		larger := make([]int16, max(need, 3*len(buffer)/2))
		copy(larger, buffer[:at])
		g.buffer.Store(&larger)
		buffer = larger
	}
	g.written.Store(int64(at + copy(buffer[at:], samples)))
}

// trim gives back the buffer that was too large.
func (g *grown) trim() {
	if there := g.there(); 8*len(there) < 7*g.size() {
		exact := slices.Clone(there)
		g.buffer.Store(&exact)
	}
}

func (g *grown) size() int { return len(*g.buffer.Load()) }

// at is the version for a rate; nil where calls do not run at it.
func (g *growth) at(rate int) *grown {
	switch rate {
	case narrowband:
		return &g.narrow
	case wideband:
		return &g.wide
	}
	return nil
}

// there returns what can be played at a rate, and whether nothing follows.
func (c *Clip) there(rate int) (samples []int16, ended bool) {
	if c.growth == nil {
		return c.at(rate), true
	}
	ended = c.growth.ended.Load() // before the samples are counted
	return c.at(rate), ended
}

// failed is why a clip has ended early; nil where it has not.
func (c *Clip) failed() error {
	if c == nil || c.growth == nil || !c.growth.ended.Load() {
		return nil
	}
	return c.growth.err
}

// grow downloads a source into a clip, as fast as it comes. target, if not 0, is the
// loudness that it is brought to.
func (g *growth) grow(src *source, target float64) error {
	first, second, err := g.tracks(src.file.Rate())
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
			if first.to.written.Load() == 0 {
				return src.explained(errNoSamples)
			}
			return nil
		}
	}
}

// end says that nothing follows.
func (g *growth) end(err error) {
	g.narrow.trim()
	g.wide.trim()
	g.err = err
	g.ended.Store(true)
}

// growing plays a file while it is downloaded into a clip that further plays share. The
// clip is used once.
func (l *Library) growing(key string, s *source, d time.Duration, has *room) *Clip {
	clip := newGrowing(d, s)
	have := l.shelve(clip, key, has)
	if have != clip {
		s.close()
		return have
	}
	l.log.Debug("prompt is downloaded while it is played", "from", s.from)
	l.work.Go(func() {
		defer s.close()
		err := panics.Try(l.log, panics.Prompt, func() error { return clip.growth.grow(s, l.cfg.Loudness) })
		clip.growth.end(err)
		if err != nil {
			l.shelf.forget(clip)
			return
		}
		l.shelf.settle(clip, key)
	})
	return clip
}
