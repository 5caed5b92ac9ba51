package voice

import (
	"cmp"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// WideRate is the rate, in Hz, at which recognisers hear: they understand G.711 better
// when it comes through a real interpolation filter than through one of their own.
const WideRate = 16000

// PreRoll keeps what was heard just before speech is confirmed. Without it a
// recogniser would miss the first word.
type PreRoll struct {
	frames [Onset / audio.FrameDuration]struct {
		at      time.Duration
		samples [WideRate / audio.FramesPerSecond]int16
	}
	next, filled int
}

// Keep keeps a frame at WideRate, in place of the oldest one.
func (p *PreRoll) Keep(at time.Duration, samples []int16) {
	slot := &p.frames[p.next]
	slot.at = at
	clear(slot.samples[copy(slot.samples[:], samples):])
	p.next = (p.next + 1) % len(p.frames)
	p.filled = min(p.filled+1, len(p.frames))
}

// All gives what is kept, the oldest first, and forgets it.
func (p *PreRoll) All(yield func(time.Duration, []int16) bool) {
	from := p.next - p.filled + len(p.frames)
	n := p.filled
	p.filled = 0
	for i := range n {
		slot := &p.frames[(from+i)%len(p.frames)]
		if !yield(slot.at, slot.samples[:]) {
			return
		}
	}
}

// Widener makes frames of WideRate of those of a call. Its zero value is ready.
type Widener struct {
	bridge  audio.Bridge
	silence int // samples of a silent frame; 0: nothing was heard yet
	out     [WideRate / audio.FramesPerSecond]int16
}

// Widen returns a frame at WideRate, valid until the next call; nil is silence.
func (w *Widener) Widen(f audio.Frame) []int16 {
	if len(f) == 0 {
		clear(w.out[:])
		f = w.out[:cmp.Or(w.silence, len(w.out))]
	}
	w.silence = len(f)
	return w.bridge.Convert(w.out[:], f)
}
