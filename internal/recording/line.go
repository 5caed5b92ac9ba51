package recording

import (
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

const (
	// lineFrames is how much a line holds: what is taken, what is held back, and what a
	// frame may lie between the two.
	lineFrames = holdBack + 3
	// astray is how far sound may lie from its place before it is brought there.
	astray = 1500 * time.Microsecond
	// leap is how far off it is put into its place at once, whatever is heard of that.
	leap = 40 * time.Millisecond
)

// line is a delay line that puts sound where it was said. A jitter buffer holds sound for
// a time that is another one for each speaker, and that changes: frames come with their
// age, and lie so much before their tick. Where that changes, silence takes it up; speech
// that goes on is spliced.
//
// Positions count samples; those of a tick begin at the tick times the frame's length.
type line struct {
	from audio.Tick // what is taken next
	size int        // samples of a frame; 0: nothing has been put
	ring []int16    // of lineFrames frames; a position is at its remainder

	end    int64 // of what was put
	next   int64 // where a frame goes on
	sounds bool  // the frame before was sound
	out    [frameSamples]int16
	joined [frameSamples]int16
}

// begin goes on to a tick. What lies before it is not wanted.
func (l *line) begin(at audio.Tick) {
	if l.size > 0 {
		l.clear(l.position(l.from), l.position(at))
	}
	l.from = at
}

func (l *line) position(at audio.Tick) int64 { return int64(at) * int64(l.size) }

// over reports whether nothing is left.
func (l *line) over() bool { return l.end <= l.position(l.from) }

// put puts a frame where it was said.
func (l *line) put(heard audio.Heard) {
	if heard.Frame == nil {
		l.sounds = false
		return
	}
	l.fit(len(heard.Frame))
	place, f := l.position(heard.At)-l.samples(heard.Age), heard.Frame
	off := place - l.next
	distance := max(off, -off)
	switch {
	case !l.sounds, distance > l.samples(leap), distance > 0 && !speech(f):
		l.next = place
	case distance > l.samples(astray):
		f = l.splice(f, off)
	}
	l.write(f)
	l.sounds = true
}

func (l *line) samples(d time.Duration) int64 {
	return int64(d) * int64(l.size) / int64(audio.FrameDuration)
}

// write writes from next on. What has been taken stays as it is.
func (l *line) write(f audio.Frame) {
	first := l.position(l.from)
	bound := first + int64(len(l.ring))
	from, to := max(l.next, first), min(l.next+int64(len(f)), bound)
	for at := from; at < to; {
		at += int64(copy(l.run(at, to), f[at-l.next:]))
	}
	l.next += int64(len(f))
	l.end = max(l.end, to)
}

// run is where the ring has what lies between two positions, as far as it goes on there.
func (l *line) run(from, to int64) []int16 {
	room := l.ring[from%int64(len(l.ring)):]
	return room[:min(int64(len(room)), to-from)]
}

// take returns the frame of the tick that was begun.
func (l *line) take() audio.Frame {
	from := l.position(l.from)
	if l.end <= from {
		return nil
	}
	at := int(from % int64(len(l.ring)))
	return l.out[:copy(l.out[:l.size], l.ring[at:])]
}

// clear forgets what lies between two positions.
func (l *line) clear(from, to int64) {
	for to = min(to, l.end); from < to; {
		gone := l.run(from, to)
		clear(gone)
		from += int64(len(gone))
	}
}

// fit makes room for frames of a length. Where that rises, what lies here is brought to it.
func (l *line) fit(size int) {
	if size == l.size {
		return
	}
	before := *l
	l.size, l.ring = size, make([]int16, lineFrames*size)
	l.end, l.next, l.sounds = 0, 0, false
	if size != 2*before.size {
		return
	}
	l.end = 2 * before.end
	old := func(at int64) int { return int(before.ring[at%int64(len(before.ring))]) }
	for at := before.position(l.from); at < before.end; at++ {
		l.ring[2*at%int64(len(l.ring))] = int16(old(at))
		l.ring[(2*at+1)%int64(len(l.ring))] = int16((old(at) + old(at+1)) / 2)
	}
}
