package sip

import (
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// reporter sends a leg's reports to the call, and nothing after Ended. Tones come
// from the media's thread, everything else from the leg's goroutine.
type reporter struct {
	mu      sync.Mutex
	receive func(call.Report)
	of      interface{ wire() call.Wire } // the leg, whose record Ended has; nil: none
	closed  bool
	keys    keyFilter
}

// setReceiver sets who gets the reports; before, nobody does.
func (t *reporter) setReceiver(tell func(call.Report)) {
	t.mu.Lock()
	t.receive = tell
	t.mu.Unlock()
}

func (t *reporter) report(news call.Report) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.receive != nil && !t.closed {
		t.receive(news)
	}
}

// answered reports that the leg is up. What follows from it in the call may be done here:
// mu is not held meanwhile.
func (t *reporter) answered() {
	t.mu.Lock()
	receive, closed := t.receive, t.closed
	t.mu.Unlock()
	if receive != nil && !closed {
		receive(call.Answered{Direct: true})
	}
}

// reportKey reports a key, unless it is one that the phone has told in another way.
func (t *reporter) reportKey(tone call.Tone, by keySource) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.receive != nil && !t.closed && t.keys.isNew(tone, by, time.Now()) {
		t.receive(call.ToneHeard{Tone: tone})
	}
}

// reportIfOpen reports, and returns false where nobody will read it.
func (t *reporter) reportIfOpen(news call.Report) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.receive == nil || t.closed {
		return false
	}
	t.receive(news)
	return true
}

// end reports the end, once, as answered does; also where the leg's record panics.
func (t *reporter) end(why call.Reason) {
	receive := t.close()
	if receive == nil {
		return
	}
	end := call.Ended{Reason: why, Direct: true}
	defer func() { receive(end) }()
	if t.of != nil {
		end.Wire = t.of.wire()
	}
}

// close lets nothing more be reported, and returns who gets the end.
func (t *reporter) close() func(call.Report) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil
	}
	t.closed = true
	return t.receive
}
