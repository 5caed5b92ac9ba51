package eventgrid

import (
	"fmt"
	"strings"
	"time"
)

// WhyUnheard says of each subscription why it takes no IncomingCall from and to those
// raw ids: a sentence each. It says nothing of those that take it.
func (g *Grid) WhyUnheard(from, to string) (why []string) {
	const most = 20
	e := event{kind: typeIncomingCall, subject: "/caller/" + from + "/recipient/" + to, at: g.cfg.Now()}
	v := g.view.Load()
	for _, name := range v.names {
		if len(why) == most {
			return append(why, fmt.Sprintf("and %d subscriptions more", len(v.names)-most))
		}
		if text := v.byKey[name].whyNot(e, g.cfg.Now()); text != "" {
			why = append(why, text)
		}
	}
	return why
}

// whyNot is why a subscription does not take an event, as far as its state and its
// filters on type and subject tell; "" where they do not refuse it.
func (s entry) whyNot(e event, now time.Time) string {
	about := "subscription " + s.Name + " (" + baseURL(s.Wanted.Endpoint) + ")"
	t := s.subscriber
	switch {
	case t == nil && s.State == failed:
		return about + " failed its handshake: " + s.Problem
	case t == nil:
		return about + " has not completed its handshake (" + string(s.State) + "): " + s.Problem
	case t.expired(now):
		return about + " expired at " + t.expires.UTC().Format(time.RFC3339)
	}
	for _, check := range s.Active.Filter.explain(e) {
		if !check.Holds {
			return about + " does not match: " + check.Text
		}
	}
	if len(s.Active.Filter.Advanced) > 0 {
		return about + " does not match by its advanced filters"
	}
	return ""
}

// Check is one condition of a filter, weighed against an event.
type Check struct {
	Holds bool   `json:"holds"`
	Text  string `json:"text"` // what the event has and what the filter wants
}

// explain weighs the conditions on the type and the subject.
func (f Filter) explain(e event) (checks []Check) {
	m := Filter{Types: f.Types}.compile(false)
	q := questionOf(e, nil)
	holds := m.types&q.kind != 0
	if text := fmt.Sprintf("eventType is %s", e.kind); len(f.Types) > 0 {
		checks = append(checks, Check{holds, fmt.Sprintf("%s, the filter wants %s", text, strings.Join(f.Types, " or "))})
	}
	fold := strings.ToLower
	if f.CaseSensitive {
		fold = func(s string) string { return s }
	}
	if f.SubjectBegins != "" {
		checks = append(checks, Check{strings.HasPrefix(fold(e.subject), fold(f.SubjectBegins)), fmt.Sprintf("subject is %q, the filter wants it to begin with %q", e.subject, f.SubjectBegins)})
	}
	if f.SubjectEnds != "" {
		checks = append(checks, Check{strings.HasSuffix(fold(e.subject), fold(f.SubjectEnds)), fmt.Sprintf("subject is %q, the filter wants it to end with %q", e.subject, f.SubjectEnds)})
	}
	return checks
}
