package delivery

import (
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/ratelimit"
)

// rateFirstFailures bounds the lines of the log about first attempts that failed: an
// endpoint that is down fails them all.
var rateFirstFailures = ratelimit.Rate{PerSecond: 0.1, Burst: 10}

// logFirstFailure tells that the first attempt for a message has failed. What is tried for a
// day would else be in the log when it is given up, and the call that it announced is long gone.
func (e *Engine) logFirstFailure(j *job, now time.Time, delay time.Duration) {
	if j.Attempts != 1 || j.silent || !e.firstFailures.Allow(now) {
		return
	}
	e.log.Warn("event is not delivered yet, and is tried again", append(j.told(), "next_try_in", delay.Round(time.Millisecond))...)
}

// logEnd tells that a message is given up, and why.
func (e *Engine) logEnd(j *job, how history.Result, why string) {
	level := e.log.Warn
	if j.silent {
		level = e.log.Debug // one line speaks for its whole group
	}
	level("event was not delivered", append([]any{"result", string(how), "reason", why}, j.told()...)...)
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
