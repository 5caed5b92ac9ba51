// Package calltest has fakes that live: legs that ring, answer and hang up on
// demand, and a publisher that remembers.
package calltest

import (
	"sync"

	"github.com/switchhook/switchhook/internal/call"
)

// Leg is a phone in memory. It obeys the contract of call.Leg: one Ended, last.
type Leg struct {
	Invitation call.Invitation
	Silent     bool // never confirms an answer
	Slow       bool // has not heard yet that the call ends it
	Direct     bool // what follows from the news of its far end is done by who tells them
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
	deaf     error // what SendTones returns; nil: the far end takes keys
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
func (l *Leg) Answer() { l.confirm(false) }

// confirm is the caller confirming an answer, unless it is silent.
func (l *Leg) confirm(direct bool) {
	if !l.Silent {
		l.connect(direct)
	}
}

// PickUp answers an outbound leg; an inbound one is not the phone's to answer.
func (l *Leg) PickUp() {
	if l.outbound {
		l.connect(l.Direct)
	}
}

func (l *Leg) connect(direct bool) {
	l.mu.Lock()
	first := !l.answered && !l.ended
	l.answered = true
	l.mu.Unlock()
	if first {
		l.tell(call.Answered{Direct: direct})
	}
}

// Alert rings an outbound leg.
func (l *Leg) Alert() { l.tell(call.Ringing{}) }

// End is the call ending the leg.
func (l *Leg) End(why call.Reason) {
	if !l.Slow {
		l.finish(why, false)
	}
}

// HangUp ends the leg from the far end.
func (l *Leg) HangUp() { l.leave(call.Reason{Kind: call.EndedByPeer, Text: "the phone hung up"}) }

// Vanish ends the leg as a phone does that replies to nothing any more.
func (l *Leg) Vanish() { l.leave(call.Reason{Kind: call.Vanished, Text: "the phone does not reply"}) }

// LoseSound ends an answered leg as one from which no packets come any more.
func (l *Leg) LoseSound() {
	l.mu.Lock()
	answered := l.answered
	l.mu.Unlock()
	if answered {
		l.leave(call.Reason{Kind: call.MediaLost, Text: "no sound arrived"})
	}
}

// Refuse ends an outbound leg before it was answered.
func (l *Leg) Refuse(kind call.ReasonKind, status int, phrase string) {
	l.leave(call.Reason{Kind: kind, Text: phrase, SIP: call.Status{Code: status, Phrase: phrase}})
}

// leave is the end of the leg by its far end.
func (l *Leg) leave(why call.Reason) { l.finish(why, l.Direct) }

func (l *Leg) finish(why call.Reason, direct bool) {
	l.mu.Lock()
	first := !l.ended
	if first {
		l.ended, l.why = true, why
		close(l.over)
	}
	l.mu.Unlock()
	if first {
		l.forgetRefers()
		l.tell(call.Ended{Reason: why, Direct: direct})
	}
}

// Why returns the reason that the leg ended with; false while it lives.
func (l *Leg) Why() (call.Reason, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.why, l.ended
}
