package sip

import (
	"sync"

	"github.com/switchhook/switchhook/internal/call"
)

// teller passes a leg's reports on, and nothing after Ended. Tones come from
// the media's thread, everything else from the leg's goroutine.
type teller struct {
	mu   sync.Mutex
	tell func(call.Report)
	wire func() call.Wire // what the end tells besides; nil: nothing
	done bool
}

// to sets who is told; before, nobody is.
func (t *teller) to(tell func(call.Report)) {
	t.mu.Lock()
	t.tell = tell
	t.mu.Unlock()
}

func (t *teller) report(news call.Report) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.tell != nil && !t.done {
		t.tell(news)
	}
}

// pass reports news too, and says whether anybody will read it.
func (t *teller) pass(news call.Report) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.tell == nil || t.done {
		return false
	}
	t.tell(news)
	return true
}

// ended tells the end, once.
func (t *teller) ended(why call.Reason) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.tell != nil && !t.done {
		end := call.Ended{Reason: why}
		if t.wire != nil {
			end.Wire = t.wire()
		}
		t.tell(end)
	}
	t.done = true
}
