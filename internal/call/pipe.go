package call

import "github.com/switchhook/switchhook/internal/audio"

// pipeFrames is how many frames wait between two calls at most: 120 ms. A frame is
// read about as often as one is written; more would be delay, and the oldest that
// does not fit is dropped, which ends a delay that has built up.
const pipeFrames = 6

// newPipe returns what carries sound from one call's shard to another's.
func newPipe() *audio.Queue { return audio.NewQueue(pipeFrames, 1) }

// hairpinPort is the sound of one end of a hairpin. Each call has its own rate: what one
// says at its rate the other one converts.
type hairpinPort struct {
	in, out *audio.Queue
	flow    pipeFlow
	said    audio.Bridge
}

// ReadFrame gives what the other end's call said.
func (p *hairpinPort) ReadFrame(f audio.Frame) bool {
	next := p.flow.next(p.in)
	if next == nil {
		p.said.SkipFrame()
		return false
	}
	copy(f, p.said.Convert(f, next))
	return true
}

// WriteFrame passes on what this call says. Silence is not passed on: a pause ends a
// delay as well. The stamps are not used, since each call has its own ticks.
func (p *hairpinPort) WriteFrame(f audio.Frame) {
	if f != nil {
		p.out.HearFrame(0, f)
	}
}
