package eventgrid

import (
	"slices"
	"strings"
)

// Filter says which events a subscription takes. All its conditions must hold;
// an empty condition always holds.
type Filter struct {
	Types         []string         `json:"types,omitempty"` // exact names out of EventTypes; none takes all
	SubjectBegins string           `json:"subjectBegins,omitempty"`
	SubjectEnds   string           `json:"subjectEnds,omitempty"`
	CaseSensitive bool             `json:"caseSensitive,omitempty"` // of the subject only
	Advanced      []AdvancedFilter `json:"advanced,omitempty"`
}

// matcher is a Filter made ready to be asked quickly and from any goroutine.
type matcher struct {
	types  uint64 // a bit for each place in EventTypes
	begins string // in lower case unless exact
	ends   string
	exact  bool
	more   []condition // the advanced filters
}

// compile prepares a Filter; arrays tells whether advanced filters look into
// them. Types that EventTypes does not have take nothing.
func (f Filter) compile(arrays bool) matcher {
	m := matcher{begins: f.SubjectBegins, ends: f.SubjectEnds, exact: f.CaseSensitive}
	if !m.exact {
		m.begins, m.ends = strings.ToLower(m.begins), strings.ToLower(m.ends)
	}
	for i, kind := range EventTypes {
		if len(f.Types) == 0 || slices.Contains(f.Types, kind) {
			m.types |= 1 << i
		}
	}
	for _, each := range f.Advanced {
		m.more = append(m.more, each.compile(arrays))
	}
	return m
}

// question is what matchers ask of an event, worked out once for all of them.
type question struct {
	kind    uint64 // its bit in matcher.types
	subject string
	lower   string
	fields  func() *fields // decodes the event when first asked
}

func questionOf(e event, fields func() *fields) question {
	q := question{subject: e.subject, lower: strings.ToLower(e.subject), fields: fields}
	for i, kind := range EventTypes {
		if e.kind == kind {
			q.kind = 1 << i
		}
	}
	return q
}

// takes reports whether every condition holds, and how many advanced filters
// it took to know.
func (m *matcher) takes(q *question) (yes bool, evaluated int) {
	if m.types&q.kind == 0 {
		return false, 0
	}
	subject := q.lower
	if m.exact {
		subject = q.subject
	}
	if !strings.HasPrefix(subject, m.begins) || !strings.HasSuffix(subject, m.ends) {
		return false, 0
	}
	for i := range m.more {
		if !m.more[i].holds(q.fields()) {
			return false, i + 1
		}
	}
	return true, len(m.more)
}
