package eventgrid

import (
	"slices"
	"strings"
)

// Filter says which events a subscription takes. All its conditions must hold;
// an empty condition always holds. Advanced filters, once offered, are further
// conditions of it.
type Filter struct {
	Types         []string // exact names out of EventTypes; none takes all
	SubjectBegins string
	SubjectEnds   string
	CaseSensitive bool // of the subject only
}

// matcher is a Filter made ready to be asked quickly and from any goroutine.
type matcher struct {
	types  uint64 // a bit for each place in EventTypes
	begins string // in lower case unless exact
	ends   string
	exact  bool
}

// compile prepares a Filter. Types that EventTypes does not have take nothing.
func (f Filter) compile() matcher {
	m := matcher{begins: f.SubjectBegins, ends: f.SubjectEnds, exact: f.CaseSensitive}
	if !m.exact {
		m.begins, m.ends = strings.ToLower(m.begins), strings.ToLower(m.ends)
	}
	for i, kind := range EventTypes {
		if len(f.Types) == 0 || slices.Contains(f.Types, kind) {
			m.types |= 1 << i
		}
	}
	return m
}

// question is what matchers ask of an event, worked out once for all of them.
type question struct {
	kind    uint64 // its bit in matcher.types
	subject string
	lower   string
}

func questionOf(e event) question {
	q := question{subject: e.subject, lower: strings.ToLower(e.subject)}
	for i, kind := range EventTypes {
		if e.kind == kind {
			q.kind = 1 << i
		}
	}
	return q
}

// takes reports whether every condition holds.
func (m matcher) takes(q question) bool {
	if m.types&q.kind == 0 {
		return false
	}
	subject := q.lower
	if m.exact {
		subject = q.subject
	}
	return strings.HasPrefix(subject, m.begins) && strings.HasSuffix(subject, m.ends)
}
