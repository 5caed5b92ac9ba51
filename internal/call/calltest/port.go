package calltest

import (
	"sync"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
)

// Port is the leg's sound.
func (l *Leg) Port() audio.Port { return l.port }

// Retune agrees on another codec, of a rate in Hz.
func (l *Leg) Retune(rate int) {
	l.port.Rate = rate
	l.tell(call.SoundChanged{})
}

// Speak says whether the phone speaks; at first it is silent.
func (l *Leg) Speak(yes bool) { l.port.mu.Lock(); l.port.speaks = yes; l.port.mu.Unlock() }

// Say makes the phone say something, at 8 kHz.
func (l *Leg) Say(samples []int16) {
	l.port.mu.Lock()
	l.port.says = append(l.port.says, samples...)
	l.port.mu.Unlock()
}

// Heard counts the frames with sound that reached the phone.
func (l *Leg) Heard() int { return l.port.heardFrames() }

// Hears returns the first sample of the last frame that the leg has heard; 0 is
// silence.
func (l *Leg) Hears() int16 { l.port.mu.Lock(); defer l.port.mu.Unlock(); return l.port.level }

// RefuseSound says whether the phone takes no sound.
func (l *Leg) RefuseSound(yes bool) { l.port.mu.Lock(); l.port.refuse = yes; l.port.mu.Unlock() }

// Port is a leg's sound in memory.
type Port struct {
	Rate int // Hz, of the codec that it claims; 0: narrowband

	mu     sync.Mutex
	speaks bool
	says   []int16 // at 8 kHz, before anything else
	heard  int
	level  int16 // the first sample of the last frame heard; 0: it was silence
	refuse bool  // it takes no sound, as on hold
	took   uint64
	lacks  uint64 // frames that it did not take
	width  int    // samples of the last frame
}

// SampleRate is the rate that the port claims.
func (p *Port) SampleRate() int { return p.Rate }

// Width returns how many samples the last frame had that was heard.
func (p *Port) Width() int { p.mu.Lock(); defer p.mu.Unlock(); return p.width }

// ReadFrame is what was given to Say, then silence, or something loud.
func (p *Port) ReadFrame(f audio.Frame) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.says) > 0 && len(f) == audio.Samples(call.SampleRate) {
		clear(f[copy(f, p.says):])
		p.says = p.says[min(len(f), len(p.says)):]
		return true
	}
	for i := range f {
		f[i] = 1000
	}
	return p.speaks
}

// WriteFrame counts what is not silence.
func (p *Port) WriteFrame(f audio.Frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.level = 0
	if p.refuse {
		p.lacks++
		return
	}
	p.took++
	if f == nil {
		return
	}
	p.heard++
	p.width, p.level = len(f), f[0]
}

// Carried is how many frames reached the phone, and how many it did not take.
func (p *Port) Carried() (sent, withheld uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.took, p.lacks
}

func (p *Port) heardFrames() int { p.mu.Lock(); defer p.mu.Unlock(); return p.heard }
