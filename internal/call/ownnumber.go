package call

import (
	"context"
	"errors"
	"sync"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/backoff"
)

// ownNumber dials a number that we own ourselves: the call goes out and comes in
// again without a wire. Each side is a call of its own, with its own ids, as over
// the public network.
type ownNumber struct{ registry *Registry }

// Dial makes the two ends and lets the inbound one ring.
func (o ownNumber) Dial(_ context.Context, in Invitation, report func(Report)) (Leg, error) {
	out, back := newHairpin(report)
	arrived, err := o.registry.Incoming(in, back)
	if err != nil {
		return nil, err
	}
	back.tell.to(arrived)
	return out, nil
}

// hairpin is one end of a call from ourselves to ourselves.
type hairpin struct {
	pair    *hairpinPair
	far     *hairpin
	inbound bool
	tell    *reporter
	port    hairpinPort
}

// hairpinPair is what the two ends share.
type hairpinPair struct {
	mu       sync.Mutex
	answered bool
	over     chan struct{} // closed when either end has ended the call
}

func newHairpin(report func(Report)) (out, back *hairpin) {
	pair := &hairpinPair{over: make(chan struct{})}
	there, here := newPipe(), newPipe()
	out = &hairpin{pair: pair, tell: &reporter{report: report}, port: hairpinPort{in: here, out: there}}
	back = &hairpin{pair: pair, inbound: true, tell: &reporter{}, port: hairpinPort{in: there, out: here}}
	out.far, back.far = back, out
	return out, back
}

// Ring tells the calling end.
func (h *hairpin) Ring() { h.far.tell.say(Ringing{}) }

// Progress does nothing: a number of ours rings for an application, which says
// nothing before it answers.
func (h *hairpin) Progress() {}

// TakeEarly has nothing to give.
func (h *hairpin) TakeEarly() bool { return false }

// Answer brings both ends up.
func (h *hairpin) Answer() {
	h.pair.mu.Lock()
	first := !h.pair.answered && !h.pair.ended()
	h.pair.answered = true
	h.pair.mu.Unlock()
	if first {
		h.tell.say(Answered{})
		h.far.tell.say(Answered{})
	}
}

// End ends both ends.
func (h *hairpin) End(why Reason) {
	h.pair.mu.Lock()
	if h.pair.ended() {
		h.pair.mu.Unlock()
		return
	}
	close(h.pair.over)
	answered := h.pair.answered
	h.pair.mu.Unlock()
	h.tell.say(Ended{Reason: why})
	h.far.tell.say(Ended{Reason: seenFromFar(why, answered, h.inbound)})
}

// ended runs under mu.
func (p *hairpinPair) ended() bool {
	select {
	case <-p.over:
		return true
	default:
		return false
	}
}

// seenFromFar is what a phone network would tell the other end.
func seenFromFar(why Reason, answered, byCallee bool) Reason {
	switch {
	case answered:
		return Reason{Kind: EndedByPeer, Text: "the other end hung up"}
	case !byCallee:
		return Reason{Kind: Canceled, Text: "the caller gave up", SIP: Status{487, "Request Terminated"}}
	}
	return Reason{Kind: why.Kind, Text: why.Text, SIP: refusal(why.Kind)}
}

// refusal is the SIP status that a refusal would have had on a wire.
func refusal(kind ReasonKind) Status {
	switch kind {
	case Busy:
		return Status{486, "Busy Here"}
	case Declined:
		return Status{603, "Decline"}
	case Forbidden:
		return Status{403, "Forbidden"}
	case Overloaded, ServerStopped:
		return Status{503, "Service Unavailable"}
	}
	return Status{480, "Temporarily Unavailable"}
}

// Port is the end's sound.
func (h *hairpin) Port() audio.Port { return &h.port }

// SendTones presses keys at the other end.
func (h *hairpin) SendTones(ctx context.Context, tones []Tone) error {
	for _, tone := range tones {
		select {
		case <-h.pair.over:
			return errors.New("the call ended")
		default:
		}
		h.far.tell.say(ToneHeard{tone})
		if !backoff.Wait(ctx, toneLength) {
			return context.Cause(ctx)
		}
	}
	return nil
}

// reporter keeps news until it knows whom to tell.
type reporter struct {
	mu      sync.Mutex
	report  func(Report)
	waiting []Report
}

func (r *reporter) say(news Report) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.report == nil {
		r.waiting = append(r.waiting, news)
		return
	}
	r.report(news)
}

func (r *reporter) to(report func(Report)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report = report
	for _, news := range r.waiting {
		report(news)
	}
	r.waiting = nil
}
