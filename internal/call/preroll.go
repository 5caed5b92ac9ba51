package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/speech/voice"
)

// preRoll keeps what was heard just before speech is confirmed. Without it a
// recogniser would miss the first word.
type preRoll struct {
	frames [voice.Onset / audio.FrameDuration]struct {
		at      time.Duration
		samples [WideRate / audio.FramesPerSecond]int16
	}
	next, filled int
}

// keep keeps a frame at WideRate, in place of the oldest one.
func (p *preRoll) keep(at time.Duration, samples []int16) {
	slot := &p.frames[p.next]
	slot.at = at
	clear(slot.samples[copy(slot.samples[:], samples):])
	p.next = (p.next + 1) % len(p.frames)
	p.filled = min(p.filled+1, len(p.frames))
}

// all gives what is kept, the oldest first, and forgets it.
func (p *preRoll) all(yield func(time.Duration, []int16) bool) {
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

// widener makes frames of WideRate of those of a call.
type widener struct {
	resampler *audio.Resampler
	out       []int16
}

// widen returns a frame at WideRate, valid until the next call; nil is silence.
func (w *widener) widen(f audio.Frame) []int16 {
	const samples = WideRate / audio.FramesPerSecond
	if len(f) == samples {
		w.resampler = nil
		return f
	}
	if len(f) != samples/2 {
		var silence [samples / 2]int16
		f = silence[:]
	}
	if w.resampler == nil {
		resampler, err := audio.NewResampler(SampleRate, WideRate)
		if err != nil {
			panic(err) // both rates are constants that it takes
		}
		w.resampler = resampler
	}
	w.out = w.resampler.Append(w.out[:0], f)
	return w.out
}
