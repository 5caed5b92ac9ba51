package sip

import (
	"sync"

	"github.com/switchhook/switchhook/internal/call"
)

// reporter passes a leg's reports on, and nothing after Ended. Tones come from
// the media's thread, everything else from the leg's goroutine.
type reporter struct {
	mu      sync.Mutex
	receive func(call.Report)
	wire    func() call.Wire // what the end tells besides; nil: nothing
	closed  bool
}

// setReceiver sets who is told; before, nobody is.
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

// reportIfOpen reports news too, and says whether anybody will read it.
func (t *reporter) reportIfOpen(news call.Report) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.receive == nil || t.closed {
		return false
	}
	t.receive(news)
	return true
}

// end tells the end, once.
func (t *reporter) end(why call.Reason) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.receive != nil && !t.closed {
		end := call.Ended{Reason: why}
		if t.wire != nil {
			end.Wire = t.wire()
		}
		t.receive(end)
	}
	t.closed = true
}
