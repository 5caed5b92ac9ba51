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
	astray = time.Millisecond
	// steerMost is how far it is brought there by being stretched, or compressed, by the
	// steerBy-th part: 20 ms take a second. Farther off, it leaps.
	steerMost = 40 * time.Millisecond
	steerBy   = 50
)

// line is a delay line that puts sound where it was said. A jitter buffer holds sound for
// a time that is another one for each speaker, and that changes: frames come with their
// age, and lie so much before their tick. Where that changes, silence takes it up; speech
// that goes on is stretched or compressed a little.
//
// Positions count samples; those of a tick begin at the tick times the frame's length.
type line struct {
	from audio.Tick // what is taken next
	size int        // samples of a frame; 0: nothing has been put
	ring []int16    // of lineFrames frames; a position is at its remainder

	end     int64 // of what was put
	next    int64 // where a frame goes on
	sounds  bool  // the frame before was sound
	steered bool  // what comes is being brought to its place
	out     [frameSamples]int16
	bent    [frameSamples + frameSamples/steerBy]int16
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
	place := l.position(heard.At) - l.samples(heard.Age)
	f := l.steer(heard.Frame, place-l.next)
	if !l.sounds {
		l.next = place
	}
	l.write(f)
	l.sounds = true
}

func (l *line) samples(d time.Duration) int64 {
	return int64(d) * int64(l.size) / int64(audio.FrameDuration)
}

// steer brings what goes on closer to its place, from which it is off by some samples.
func (l *line) steer(f audio.Frame, off int64) audio.Frame {
	most, step := l.samples(steerMost), int64(l.size/steerBy)
	switch distance := max(off, -off); {
	case !l.sounds:
		l.steered = false
		return f
	case distance > most, distance > step && !speech(f):
		l.sounds = false
		return f
	case distance < step:
		l.steered = false
	case distance > l.samples(astray):
		l.steered = true
	}
	switch {
	case !l.steered:
		return f
	case off > 0:
		return bend(l.bent[:l.size+int(step)], f)
	default:
		return bend(l.bent[:l.size-int(step)], f)
	}
}

// bend makes a frame a little longer or shorter, by cubic interpolation (Catmull-Rom).
func bend(dst []int16, f audio.Frame) audio.Frame {
	last := len(f) - 1
	sample := func(i int) float64 { return float64(f[min(max(i, 0), last)]) }
	for i := range dst {
		x := float64(i*last) / float64(len(dst)-1)
		n := int(x)
		t := x - float64(n)
		a, b, c, d := sample(n-1), sample(n), sample(n+1), sample(n+2)
		y := b + t/2*(c-a+t*(2*a-5*b+4*c-d+t*(3*(b-c)+d-a)))
		dst[i] = int16(min(max(y, -32768), 32767))
	}
	return dst
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
