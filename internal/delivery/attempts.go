package delivery

import (
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// Attempts returns the newest attempts that the filter selects, newest first,
// at most limit. Config.Attempts says how many are remembered.
func (e *Engine) Attempts(filter history.Filter, limit int) []history.Attempt {
	return e.attempts.Find(filter.Matches, limit)
}

// note records what became of a message or its last attempt.
func (e *Engine) note(j *job, how history.Result, why string) {
	a := history.Attempt{
		Time: time.Now(), ID: j.msg.ID, Policy: j.msg.Policy, Group: j.msg.Group, Note: j.msg.Note,
		URL: history.MaskURL(j.msg.URL), Number: j.Attempts, Result: how, Reason: why,
	}
	if j.Attempts > 0 {
		a.Status, a.Latency, a.Answer = j.outcome.Status, j.outcome.Latency, strings.ToValidUTF8(string(j.outcome.Answer), "\uFFFD")
	}
	if j.outcome.Err != nil {
		a.Error = j.outcome.Err.Error()
	}
	if how == history.Retried {
		a.Next = j.Due
	}
	e.attempts.Add(a)
	if e.cfg.Watch != nil {
		e.cfg.Watch(&j.msg, a)
	}
}
