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
func (e *Engine) note(r *job, how history.Result, why string) {
	a := history.Attempt{
		Time: time.Now(), ID: r.msg.ID, Policy: r.msg.Policy, Group: r.msg.Group, Note: r.msg.Note,
		URL: history.MaskURL(r.msg.URL), Number: r.Attempts, Result: how, Reason: why,
	}
	if r.Attempts > 0 {
		a.Status, a.Latency, a.Answer = r.outcome.Status, r.outcome.Latency, strings.ToValidUTF8(string(r.outcome.Answer), "\uFFFD")
	}
	if r.outcome.Err != nil {
		a.Error = r.outcome.Err.Error()
	}
	if how == history.Retried {
		a.Next = r.Due
	}
	e.attempts.Add(a)
}
