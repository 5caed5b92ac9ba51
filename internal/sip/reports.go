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

// end reports the end, once.
func (t *reporter) end(why call.Reason) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.receive != nil && !t.closed {
		end := call.Ended{Reason: why}
		if t.of != nil {
			end.Wire = t.of.wire()
		}
		t.receive(end)
	}
	t.closed = true
}
