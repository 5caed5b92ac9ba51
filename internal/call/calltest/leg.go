// Package calltest has fakes that live: legs that ring, answer and hang up on
// demand, and a publisher that remembers.
package calltest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
)

// Leg is a phone in memory. It obeys the contract of call.Leg: one Ended, last.
type Leg struct {
	Invitation call.Invitation
	Silent     bool // never confirms an answer
	Slow       bool // has not heard yet that the call ends it
	outbound   bool

	mu       sync.Mutex
	report   func(call.Report)
	early    []call.Report // before anybody is told
	rung     bool
	sounded  bool
	taken    bool
	answered bool
	ended    bool
	why      call.Reason
	sent     []call.Tone
	refers   chan Asked
	over     chan struct{}
	port     *Port
}

// Inbound returns a phone that calls; give it to Registry.Incoming, then Told.
func Inbound() *Leg { return &Leg{over: make(chan struct{}), port: &Port{}} }

// Told gives the leg the function that takes its reports.
func (l *Leg) Told(report func(call.Report)) {
	l.mu.Lock()
	early := l.early
	l.report, l.early = report, nil
	l.mu.Unlock()
	for _, r := range early {
		report(r)
	}
}

func (l *Leg) tell(r call.Report) {
	l.mu.Lock()
	report := l.report
	if report == nil {
		l.early = append(l.early, r)
	}
	l.mu.Unlock()
	if report != nil {
		report(r)
	}
}

// Ring is the call telling a caller that somebody is being asked.
func (l *Leg) Ring() { l.mu.Lock(); l.rung = true; l.mu.Unlock() }

// Rung reports whether the caller heard ringing.
func (l *Leg) Rung() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.rung }

// Progress lets the caller hear the call, unless it is silent or has ended.
func (l *Leg) Progress() {
	if !l.Silent {
		l.Sound()
	}
}

// Sound reports that the far end can be heard before it answers.
func (l *Leg) Sound() {
	l.mu.Lock()
	first := !l.sounded && !l.ended
	l.sounded = true
	l.mu.Unlock()
	if first {
		l.tell(call.EarlySound{})
	}
}

// TakeEarly gives the sound away, once.
func (l *Leg) TakeEarly() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := l.sounded && !l.ended && !l.taken
	l.taken = l.taken || first
	return first
}

// Answer is the call accepting; the caller confirms at once.
func (l *Leg) Answer() {
	if !l.Silent {
		l.connect()
	}
}

// PickUp answers an outbound leg; an inbound one is not the phone's to answer.
func (l *Leg) PickUp() {
	if l.outbound {
		l.connect()
	}
}

func (l *Leg) connect() {
	l.mu.Lock()
	first := !l.answered && !l.ended
	l.answered = true
	l.mu.Unlock()
	if first {
		l.tell(call.Answered{})
	}
}

// Alert rings an outbound leg.
func (l *Leg) Alert() { l.tell(call.Ringing{}) }

// End is the call ending the leg.
func (l *Leg) End(why call.Reason) {
	if !l.Slow {
		l.finish(why)
	}
}

// HangUp ends the leg from the far end.
func (l *Leg) HangUp() { l.finish(call.Reason{Kind: call.EndedByPeer, Text: "the phone hung up"}) }

// Vanish ends the leg as a phone does that replies to nothing any more.
func (l *Leg) Vanish() { l.finish(call.Reason{Kind: call.Vanished, Text: "the phone does not reply"}) }

// LoseSound ends an answered leg as one from which no packets come any more.
func (l *Leg) LoseSound() {
	l.mu.Lock()
	answered := l.answered
	l.mu.Unlock()
	if answered {
		l.finish(call.Reason{Kind: call.MediaLost, Text: "no sound arrived"})
	}
}

// Refuse ends an outbound leg before it was answered.
func (l *Leg) Refuse(kind call.ReasonKind, status int, phrase string) {
	l.finish(call.Reason{Kind: kind, Text: phrase, SIP: call.Status{Code: status, Phrase: phrase}})
}

func (l *Leg) finish(why call.Reason) {
	l.mu.Lock()
	first := !l.ended
	if first {
		l.ended, l.why = true, why
		close(l.over)
	}
	l.mu.Unlock()
	if first {
		l.forgetRefers()
		l.tell(call.Ended{Reason: why})
	}
}

// Why returns the reason that the leg ended with; false while it lives.
func (l *Leg) Why() (call.Reason, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.why, l.ended
}

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

// Press reports keys as the far end pressing them.
func (l *Leg) Press(keys string) {
	for _, key := range keys {
		l.tell(call.ToneHeard{Tone: call.Tone(key)})
	}
}

// SendTones takes 200 ms a key.
func (l *Leg) SendTones(ctx context.Context, tones []call.Tone) error {
	for _, tone := range tones {
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-l.over:
			return fmt.Errorf("the leg ended")
		}
		l.mu.Lock()
		l.sent = append(l.sent, tone)
		l.mu.Unlock()
	}
	return nil
}

// Sent returns the keys that the call pressed.
func (l *Leg) Sent() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var keys []byte
	for _, tone := range l.sent {
		keys = append(keys, byte(tone))
	}
	return string(keys)
}

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
