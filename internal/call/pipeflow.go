package call

import "github.com/switchhook/switchhook/internal/audio"

// pipeMost is how many frames may wait in a pipe: what is more becomes a delay, and two of
// them are laid upon each other.
const pipeMost = 2

// pipeFrame is a frame of the rate of the call that says it.
type pipeFrame struct {
	samples [WideRate / audio.FramesPerSecond]int16
	size    int
}

func (p *pipeFrame) set(f audio.Frame)  { p.size = copy(p.samples[:], f) }
func (p *pipeFrame) frame() audio.Frame { return p.samples[:p.size] }

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
		p.out.set(came.Frame)
		if more, ok := in.Next(); ok {
			p.keep(more.Frame)
		}
	case p.state == pipeShort:
		p.state = pipeBridging
		p.bridge(0)
		return p.out.frame()
	default:
		p.bridge(1)
		if p.state = pipeIdle; ok {
			p.keep(came.Frame)
			p.fresh = true
		}
		return p.out.frame()
	}
	if p.fresh {
		audio.FadeIn(p.out.frame())
		p.fresh = false
	}
	p.last = p.out
	return p.out.frame()
}

// flow says the frame in hand, and takes what came instead. What waits too long is laid
// upon it.
func (p *pipeFlow) flow(in *audio.Queue, came audio.Frame, ok bool) {
	p.out = p.ahead
	if p.state = pipeShort; !ok {
		return
	}
	out := p.out.frame()
	if in.Len() <= pipeMost || len(came) != len(out) {
		p.keep(came)
		return
	}
	for i := range out {
		out[i] = int16((int(out[i])*(len(out)-i) + int(came[i])*i) / len(out))
	}
	if more, ok := in.Next(); ok {
		p.keep(more.Frame)
	}
}

func (p *pipeFlow) keep(came audio.Frame) {
	p.ahead.set(came)
	p.state = pipeFlowing
}

// bridge continues what was heard last, backwards in the first frame, forwards in the second.
func (p *pipeFlow) bridge(frame int) {
	n := p.last.size
	p.out.size = n
	for i := range n {
		from := i
		if frame == 0 {
			from = n - 1 - i
		}
		p.out.samples[i] = int16(int(p.last.samples[from]) * (2*n - frame*n - i) / (2 * n))
	}
}
