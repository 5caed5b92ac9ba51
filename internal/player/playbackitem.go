package player

import (
	"sync/atomic"

	"github.com/switchhook/switchhook/internal/audio"
)

// item is one prompt in the order in which they are played. The list grows while
// it is played; a loop of clips is a ring.
type item struct {
	clip   *Clip
	stream *stream // where there is no clip
	index  int
	err    error // the end of the list: why, or nil
	next   atomic.Pointer[item]

	flowing bool // the reader's: of a clip that grows, there was enough to begin
}

// isEnd reports whether the list ends here.
func (i *item) isEnd() bool { return i.clip == nil && i.stream == nil }

// fill writes what comes next of one prompt into what is left of a frame.
func (i *item) fill(rest, frame audio.Frame, pos *int) (int, state) {
	switch {
	case i.stream != nil:
		return i.stream.fill(rest, frame)
	case i.clip == nil:
		return 0, over // before the first prompt
	}
	samples, ended := i.clip.there(frame.Rate())
	left := samples[min(*pos, len(samples)):]
	if !ended && !i.flowing && len(left) < int(enough.Seconds()*float64(frame.Rate())) {
		return 0, waiting
	}
	i.flowing = true
	n := copy(rest, left)
	*pos += n
	switch {
	case ended && n == len(left):
		return n, over
	case n == len(rest):
		return n, filled
	}
	i.flowing = false
	return n, waiting
}

// failed is why the prompt has ended early; nil where it has not.
func (i *item) failed() error {
	if i.stream != nil {
		return i.stream.err
	}
	return i.clip.failed()
}
