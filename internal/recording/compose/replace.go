package compose

import (
	"errors"
	"io"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/recording/pictures"
)

// replace lets another decoder go on where one has failed. Its last picture stays until then.
func (p *painter) replace(d *decoder) error {
	if !d.failed {
		return nil
	}
	d.failed = false
	p.moved()
	more, err := d.run.skip(p.file, p.plan, p.plan.from+timeOf(d.next-1))
	if more {
		p.soon = slices.Insert(p.soon, 0, d.run) // before another run of its stream
	}
	return err
}

// maxFailed is how many decoders of a run may fail: what is left of it is not decoded.
const maxFailed = 10

// skip goes on to the first key frame after a time, where a decoder has failed. It returns
// false where nothing follows that is to be decoded.
func (in *run) skip(file io.ReaderAt, p *plan, after time.Duration) (bool, error) {
	if in.failed++; in.failed == maxFailed {
		return false, nil
	}
	after = max(after, in.first.At)
	in.frames = pictures.NewFrames(file, in.span)
	for {
		next, err := in.frames.Next()
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil:
			return false, err
		case next.Key && next.At > after:
			in.first, in.begins = next, p.frameAt(next.At)
			return true, nil
		}
	}
}
