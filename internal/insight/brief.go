package insight

import (
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// A server that refuses calls because it is overloaded keeps whole timelines of few calls, so that
// it answers more of them. The timeline of any other call that begins meanwhile is brief: its legs
// and its end, and all that may have to do with a failure:
//
//	brief ──the first item that may be the cause of a failure──> troubled: every further item is kept
//
// Summaries have everything: who called whom, when, why it ended, how it sounded.

// wholeRate is how many calls a second have whole timelines while others are refused.
var wholeRate = ratelimit.Rate{PerSecond: 20, Burst: 20}

// Overloaded sets by what the hub knows that calls are refused because of overload. It is
// asked when a call begins, and must return at once.
func (h *Hub) Overloaded(limited func() bool) { h.limited.Store(&limited) }

// extent is how much of a call's timeline is kept.
type extent int8

const (
	unjudged extent = iota
	whole
	brief
)

// judge decides of a call, or a SIP dialog of no call yet, that begins. The caller holds mu.
func (h *Hub) judge(at time.Time) extent {
	if limited := h.limited.Load(); limited != nil && (*limited)() && !h.wholes.Allow(at) {
		return brief
	}
	return whole
}

// extentOf decides of a call once, when it has to be known first. A call that a SIP dialog brings gets
// what was decided of that (attach). The caller holds mu.
func (h *Hub) extentOf(r *record) extent {
	if r.extent == unjudged {
		r.extent = h.judge(r.begun)
	}
	return r.extent
}

// wants reports whether an item of a record is to be kept; one that is not is counted. failed: it may
// be the cause of a failure. The caller holds mu.
func (h *Hub) wants(r *record, failed bool) bool {
	r.troubled = r.troubled || failed
	if !r.troubled && h.extentOf(r) == brief {
		r.omitted++
		h.lost++
		return false
	}
	return true
}
