package player

import (
	"sync/atomic"

	"github.com/switchhook/switchhook/internal/audio"
)

// fadesPerSecond makes the fade of Stop 5 ms long.
const fadesPerSecond = 200

// Prompt says clips one after the other: an audio.Source for one mix, or one
// listener. It is read by one goroutine; Stop and Done are for all.
type Prompt struct {
	clips []*Clip
	loop  bool

	clip int // what is read next: which clip,
	pos  int // and which of its samples
	rate int // the rate that pos counts at; 0 before the first frame
	over bool

	stop atomic.Bool
	done chan struct{}
}

// Play returns a prompt that says the clips once.
func Play(clips ...*Clip) *Prompt { return newPrompt(clips, false) }

// Loop returns a prompt that says the clips again and again until Stop.
func Loop(clips ...*Clip) *Prompt { return newPrompt(clips, true) }

func newPrompt(clips []*Clip, loop bool) *Prompt {
	p := &Prompt{clips: clips, loop: loop, done: make(chan struct{})}
	if len(clips) == 0 {
		p.end()
	}
	return p
}

// Done is closed by the reader when it has taken the last sample, or the fade
// after Stop. A prompt that nobody reads any more is never done.
func (p *Prompt) Done() <-chan struct{} { return p.done }

// Stop ends the prompt from any goroutine, as often as it likes: the next frame
// fades out within 5 ms.
func (p *Prompt) Stop() { p.stop.Store(true) }

// ReadFrame implements audio.Source at 8 and 16 kHz, and follows a change from
// one to the other without a gap. A frame of another rate ends the prompt.
func (p *Prompt) ReadFrame(f audio.Frame) bool {
	if p.over {
		return false
	}
	stopped := p.stop.Load()
	began := p.rate != 0
	if !p.follow(f.Rate()) || stopped && !began {
		p.end() // a sound that was not heard needs no fade
		return false
	}
	if stopped {
		fade := p.fill(f[:f.Rate()/fadesPerSecond])
		for i := range fade {
			fade[i] = int16(int(fade[i]) * (len(fade) - i) / (len(fade) + 1))
		}
		clear(f[len(fade):])
		p.end()
		return true
	}
	said := p.fill(f)
	clear(f[len(said):])
	if p.clip == len(p.clips) {
		p.end()
	}
	return len(said) > 0
}

// follow moves the position to the frame's rate.
func (p *Prompt) follow(rate int) bool {
	if rate == p.rate {
		return true
	}
	if rate != narrowband && rate != wideband {
		return false
	}
	if p.rate != 0 {
		p.pos = p.pos * rate / p.rate
	}
	p.rate = rate
	return true
}

// fill writes what comes next and returns the part of f that it could fill. At
// the end of the last clip p.clip stands behind it.
func (p *Prompt) fill(f []int16) []int16 {
	n := 0
	for n < len(f) && p.clip < len(p.clips) {
		samples := p.clips[p.clip].at(p.rate)
		copied := copy(f[n:], samples[min(p.pos, len(samples)):])
		n += copied
		p.pos += copied
		if p.pos >= len(samples) {
			p.next()
		}
	}
	return f[:n]
}

func (p *Prompt) next() {
	p.pos = 0
	if p.clip++; p.loop && p.clip == len(p.clips) {
		p.clip = 0
	}
}

func (p *Prompt) end() {
	p.over = true
	close(p.done)
}
