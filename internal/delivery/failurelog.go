package delivery

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/ratelimit"
)

// Bounds on lines of the log: an endpoint that is down for a day fails a million events, and
// the metrics and the records of attempts have them all.
var (
	rateFirstFailures = ratelimit.Rate{PerSecond: 0.1, Burst: 10}
	rateEnds          = ratelimit.Rate{PerSecond: 1, Burst: 100}
	// Endpoints are as many as applications care to name.
	rateCircuits = ratelimit.Rate{PerSecond: 0.1, Burst: 100}
	// An application that never answers does so with each event, and has them all.
	rateTaken = ratelimit.Rate{PerSecond: 1.0 / 600, Burst: 3}
)

// boundedLog writes one kind of line at a rate. A line says how many were left out before it.
type boundedLog struct {
	rate    ratelimit.Bucket
	omitted atomic.Int64
}

func (b *boundedLog) write(line func(message string, attributes ...any), message string, attributes ...any) {
	if !b.rate.Allow(time.Now()) {
		b.omitted.Add(1)
		return
	}
	if omitted := b.omitted.Swap(0); omitted > 0 {
		attributes = append(attributes, "lines_left_out_before", omitted)
	}
	line(message, attributes...)
}

// logFirstFailure tells that the first attempt for a message has failed. What is tried for a
// day would else be in the log when it is given up, and the call that it announced is long gone.
func (e *Engine) logFirstFailure(j *job, delay time.Duration) {
	if j.Attempts != 1 || j.silent {
		return
	}
	e.firstFailures.write(e.log.Warn, "event is not delivered yet, and is tried again", append(j.told(), "next_try_in", delay.Round(time.Millisecond))...)
}

// logEnd tells that a message is given up, and why.
func (e *Engine) logEnd(j *job, how history.Result, why string) {
	attributes := append([]any{"result", string(how), "reason", why}, j.told()...)
	switch {
	case j.silent: // one line speaks for its whole group
		e.log.Debug("event was not delivered", attributes...)
	case why == whyTaken, how == history.Failed && errors.Is(j.outcome.Err, ErrNotAnswered):
		e.taken.write(e.log.Warn, "an endpoint takes events and does not answer them; it should answer each with a status", attributes...)
	default:
		e.ends.write(e.log.Warn, "event was not delivered", attributes...)
	}
}

// told is what the log says of a message and its last attempt.
func (j *job) told() []any {
	told := []any{"id", j.msg.ID, "note", j.msg.Note, "group", j.msg.Group, "url", history.MaskURL(j.msg.URL), "attempts", j.Attempts}
	if j.outcome.Status != 0 {
		told = append(told, "status", j.outcome.Status)
	}
	if j.outcome.Err != nil {
		told = append(told, "error", j.outcome.Err)
	}
	return told
}
