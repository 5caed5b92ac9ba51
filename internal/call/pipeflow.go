package call

import "github.com/switchhook/switchhook/internal/audio"

// pipeMost is how many frames may wait in a pipe: what is more becomes a delay, and two of
// them are laid upon each other.
const pipeMost = 2

type pipeFrame [SampleRate / audio.FramesPerSecond]int16

// pipeFlow reads a pipe. The calls at its ends tick by clocks of their own: a frame may come
// a moment after it is wanted, or one too few or too many in some minutes. So one frame is
// kept in hand, and where nothing came in time what was heard last goes on for two frames,
// there and back, while it fades.
//
//	idle ──▶ flowing ⇄ short ──▶ bridging ──▶ flowing, idle
type pipeFlow struct {
	state pipeState
	fresh bool      // the next frame follows nothing: it fades in
	ahead pipeFrame // in hand, while it flows
	last  pipeFrame // heard last
	out   pipeFrame
}

type pipeState uint8

const (
	pipeIdle     pipeState = iota // nobody speaks
	pipeFlowing                   // a frame is in hand
	pipeShort                     // none is, and none has been missed
	pipeBridging                  // one has
)

// next returns what is heard of a pipe in this tick; nil is silence.
func (p *pipeFlow) next(in *audio.Queue) audio.Frame {
	came, ok := in.Next()
	switch {
	case p.state == pipeIdle && !ok:
		return nil
	case p.state == pipeIdle:
		p.keep(came.Frame)
		p.fresh = true
		return nil
	case p.state == pipeFlowing:
		p.flow(in, came.Frame, ok)
	case p.state == pipeShort && ok:
		copy(p.out[:], came.Frame)
		if more, ok := in.Next(); ok {
			p.keep(more.Frame)
		}
	case p.state == pipeShort:
		p.state = pipeBridging
		p.bridge(0)
		return p.out[:]
	default:
		p.bridge(1)
		if p.state = pipeIdle; ok {
			p.keep(came.Frame)
			p.fresh = true
		}
		return p.out[:]
	}
	if p.fresh {
		audio.FadeIn(p.out[:])
		p.fresh = false
	}
	p.last = p.out
	return p.out[:]
}

// flow says the frame in hand, and takes what came instead. What waits too long is laid
// upon it.
func (p *pipeFlow) flow(in *audio.Queue, came audio.Frame, ok bool) {
	p.out = p.ahead
	if p.state = pipeShort; !ok {
		return
	}
	if in.Len() <= pipeMost {
		p.keep(came)
		return
	}
	for i := range p.out {
		p.out[i] = int16((int(p.out[i])*(len(p.out)-i) + int(came[i])*i) / len(p.out))
	}
	if more, ok := in.Next(); ok {
		p.keep(more.Frame)
	}
}

func (p *pipeFlow) keep(came audio.Frame) {
	copy(p.ahead[:], came)
	p.state = pipeFlowing
}

// bridge continues what was heard last, backwards in the first frame, forwards in the second.
func (p *pipeFlow) bridge(frame int) {
	n := len(p.out)
	for i := range p.out {
		from := i
		if frame == 0 {
			from = n - 1 - i
		}
		p.out[i] = int16(int(p.last[from]) * (2*n - frame*n - i) / (2 * n))
	}
}
