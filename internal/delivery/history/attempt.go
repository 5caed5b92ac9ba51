package history

import (
	"net/url"
	"strings"
	"time"
)

// Result is what became of a message, or of an attempt.
type Result string

// The results. The texts are in the archive.
const (
	Delivered Result = "delivered"
	Retried   Result = "retried" // the attempt failed, another follows
	Failed    Result = "failed"  // the answer ended it
	Expired   Result = "expired" // its attempts or its time were used up
	Dropped   Result = "dropped" // it was given up: its group ended, or too many waited
)

// Attempt is the record of one attempt, or of a message's end without one.
type Attempt struct {
	Time    time.Time // when it ended
	ID      string
	Policy  string
	Group   string
	Note    string
	URL     string // the values of its query are masked
	Number  int    // 1 is the first; 0: none was made
	Status  int    // 0: no answer
	Latency time.Duration
	Answer  string // first 256 bytes of the answer's body
	Error   string
	Result  Result
	Reason  string    // of an end that no answer explains
	Next    time.Time // of the next attempt, with Retried
}

// Filter selects attempts; empty fields select all.
type Filter struct {
	ID, Policy, Group, Note string
	Result                  Result
	Since                   time.Time
}

// Matches reports whether the filter selects an attempt.
func (f Filter) Matches(a *Attempt) bool {
	return same(f.ID, a.ID) && same(f.Policy, a.Policy) && same(f.Group, a.Group) && same(f.Note, a.Note) &&
		same(string(f.Result), string(a.Result)) && !a.Time.Before(f.Since)
}

func same(want, have string) bool { return want == "" || want == have }

// MaskURL hides what may be secret in a URL: a password, and the query's values.
func MaskURL(text string) string {
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
