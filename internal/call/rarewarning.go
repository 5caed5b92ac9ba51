package call

import (
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// warnEvery is the pause between two lines of one fact that each call may have.
const warnEvery = time.Minute

// rareWarning is a fact of which the log is told at once, and then at a bounded rate with how many
// calls have had it since: where no subscription takes calls, every call has it.
type rareWarning struct {
	fact  string
	rate  *ratelimit.Bucket
	since *atomic.Uint64 // calls since the last line, its own included
}

func newRareWarning(fact string) rareWarning {
	return rareWarning{fact, ratelimit.NewBucket(ratelimit.Every(warnEvery)), new(atomic.Uint64)}
}

// write tells the log of a call, or counts it.
func (w rareWarning) write(log *slog.Logger, attributes ...any) {
	w.since.Add(1)
	if w.rate.Allow(time.Now()) {
		log.Warn(w.fact, append(attributes, "since_last_warning", w.since.Swap(0))...)
	}
}
