package player

import (
	"errors"

	"github.com/switchhook/switchhook/internal/audio"
)

// track writes one of a clip's two versions.
type track struct {
	to     *grown
	from   *audio.Resampler
	buffer []int16
}

// put converts samples and writes what comes of them; last says that none follow. The
// result is valid until the next call.
func (t *track) put(in []int16, last bool) []int16 {
	t.buffer = t.from.Append(t.buffer[:0], in)
	if last {
		t.buffer = t.from.Flush(t.buffer)
	}
	t.to.append(t.buffer)
	return t.buffer
}

// tracks are a clip's two versions: the one that loses nothing of what comes at a rate,
// and the one that is made of it.
func (g *growth) tracks(rate int) (first, second *track, err error) {
	between, other := wideband, narrowband
	if rate <= narrowband {
		between, other = other, between
	}
	first, second = &track{to: g.at(between)}, &track{to: g.at(other)}
	var err1, err2 error
	first.from, err1 = audio.NewAlignedResampler(rate, between)
	second.from, err2 = audio.NewAlignedResampler(between, other)
	return first, second, errors.Join(err1, err2)
}
