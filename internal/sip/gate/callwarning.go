package gate

import (
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// callWarning is what the log is told of one kind of refusal: another kind, such as of a carrier
// that calls numbers that are not ours all the time, does not hide it.
type callWarning struct {
	rate  ratelimit.Bucket
	since atomic.Uint64 // refusals since the last line
}

// NoteCallRefused counts, and logs at a bounded rate for each fact, a call of a trunk that is refused:
// the trunk or the range of RTP ports is full, or the number is not ours.
func (g *Gate) NoteCallRefused(fact string, now time.Time, attributes ...any) {
	known, found := g.callWarnings.Load(fact)
	if !found {
		first := new(callWarning)
		first.rate.Fill(ratelimit.Every(warnEvery))
		known, _ = g.callWarnings.LoadOrStore(fact, first)
	}
	w := known.(*callWarning)
	w.since.Add(1)
	if w.rate.Allow(now) {
		g.cfg.Log.Warn(fact, append(attributes, "since_last_warning", w.since.Swap(0))...)
	}
}
