package delivery

import (
	"net/url"
	"strings"
	"time"
)

// Result is what became of a message, or of an attempt.
type Result string

// The results.
const (
	Delivered Result = "delivered"
	Retried   Result = "retried" // the attempt failed, another follows
	Failed    Result = "failed"  // the answer ended it
	Expired   Result = "expired" // its attempts or its time were used up
	Dropped   Result = "dropped" // it was given up: its group ended, or too many waited
)

// Attempt is the record of one attempt, or of a message's end without one. Its
// JSON is that of the archive.
type Attempt struct {
	Time    time.Time     // when it ended
	ID      string        `json:",omitzero"`
	Policy  string        `json:",omitzero"`
	Group   string        `json:",omitzero"`
	Note    string        `json:",omitzero"`
	URL     string        `json:",omitzero"` // the values of its query are masked
	Number  int           `json:",omitzero"` // 1 is the first; 0: none was made
	Status  int           `json:",omitzero"` // 0: no answer
	Latency time.Duration `json:",omitzero"`
	Answer  string        `json:",omitzero"` // first 256 bytes of the answer's body
	Error   string        `json:",omitzero"`
	Result  Result
	Reason  string    `json:",omitzero"` // of an end that no answer explains
	Next    time.Time `json:",omitzero"` // of the next attempt, with Retried
}

func (a Attempt) when() time.Time { return a.Time }

// Filter selects attempts; empty fields select all.
type Filter struct {
	ID, Policy, Group, Note string
	Result                  Result
	Since                   time.Time
}

func (f Filter) matches(a *Attempt) bool {
	return same(f.ID, a.ID) && same(f.Policy, a.Policy) && same(f.Group, a.Group) && same(f.Note, a.Note) &&
		same(string(f.Result), string(a.Result)) && !a.Time.Before(f.Since)
}

func same(want, have string) bool { return want == "" || want == have }

// Attempts returns the newest attempts that the filter selects, newest first,
// at most limit. They are remembered for Config.KeepAttempts, the last
// Config.MaxAttempts of them, across restarts if Config.AttemptArchive is given.
func (e *Engine) Attempts(filter Filter, limit int) []Attempt {
	return e.attempts.find(filter.matches, limit)
}

// note records what became of a message or its last attempt.
func (e *Engine) note(r *record, how Result, why string) {
	a := Attempt{
		Time: time.Now(), ID: r.msg.ID, Policy: r.msg.Policy, Group: r.msg.Group, Note: r.msg.Note,
		URL: maskURL(r.msg.URL), Number: r.attempts, Result: how, Reason: why,
	}
	if r.attempts > 0 {
		a.Status, a.Latency, a.Answer = r.outcome.Status, r.outcome.Latency, strings.ToValidUTF8(string(r.outcome.Answer), "\uFFFD")
	}
	if r.outcome.Err != nil {
		a.Error = r.outcome.Err.Error()
	}
	if how == Retried {
		a.Next = r.due
	}
	e.attempts.add(a)
}

// maskURL hides what may be secret in a URL: a password, and the query's values.
func maskURL(text string) string {
	if !strings.ContainsAny(text, "?@") {
		return text
	}
	u, err := url.Parse(text)
	if err != nil {
		return "(not a URL)"
	}
	if u.User != nil {
		u.User = url.User("***")
	}
	if u.RawQuery != "" {
		parts := strings.Split(u.RawQuery, "&")
		for i, part := range parts {
			if name, _, ok := strings.Cut(part, "="); ok {
				parts[i] = name + "=***"
			} else {
				parts[i] = "***"
			}
		}
		u.RawQuery = strings.Join(parts, "&")
	}
	return u.String()
}
