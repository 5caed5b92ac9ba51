package eventgrid

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// FilterTest is whether a subscription would take an event, and why.
type FilterTest struct {
	Matches bool    `json:"matches"`
	State   string  `json:"provisioningState"`
	Problem string  `json:"problem,omitempty"` // of its handshake
	Checks  []Check `json:"checks"`
}

// TestEvent weighs an event with this type, subject and data against the filter that a
// subscription has consented to, or, before its first consent, the one it wants.
func (g *Grid) TestEvent(name, kind, subject string, data json.RawMessage) (FilterTest, error) {
	return g.test(name, event{kind: kind, subject: subject, at: g.cfg.Now(), data: data})
}

// TestIncomingCall weighs an IncomingCall.
func (g *Grid) TestIncomingCall(name string, from, to identifier.ID) (FilterTest, error) {
	return g.test(name, IncomingCall{From: from, To: to, At: g.cfg.Now()}.event())
}

func (g *Grid) test(name string, e event) (FilterTest, error) {
	s, exists := g.view.Load().byKey[key(name)]
	if !exists {
		return FilterTest{}, fault.NotFound("there is no event subscription %q", clip(name, 80)).WithCode("ResourceNotFound")
	}
	wanted := s.Wanted
	if s.Active != nil {
		wanted = *s.Active
	}
	p := newPublication(e, g.topic)
	test := FilterTest{State: string(s.State), Problem: s.Problem, Checks: append([]Check{}, wanted.Filter.explain(e)...)}
	for _, f := range wanted.Filter.Advanced {
		c := f.compile(wanted.ArrayFilters)
		test.Checks = append(test.Checks, c.explain(p.fields()))
	}
	if p.err != nil {
		return FilterTest{}, fault.Invalid("the data of the event cannot be read: %s", p.err)
	}
	test.Matches = s.Active != nil && !s.subscriber.expired(g.cfg.Now())
	for _, check := range test.Checks {
		test.Matches = test.Matches && check.Holds
	}
	return test, nil
}

// explain weighs a condition and says what the event has and what the filter wants.
func (c *condition) explain(of *fields) Check {
	v := of.at(&c.key)
	have := "missing"
	switch v.kind {
	case textKind:
		have = fmt.Sprintf("%q", clip(v.text, 200))
	case numberKind:
		have = fmt.Sprint(v.number)
	case boolKind:
		have = fmt.Sprint(v.truth)
	case objectKind:
		have = "an object"
	case listKind:
		have = fmt.Sprintf("a list of %d", len(v.elements))
	}
	return Check{c.holds(of), strings.TrimSpace(fmt.Sprintf("%s is %s, the filter wants %s %s", c.Key, have, c.Operator, c.wants()))}
}

// wants is what a condition compares with.
func (c *condition) wants() string {
	if c.operator == nil {
		return ""
	}
	switch c.form {
	case noValue:
		return ""
	case oneBool:
		return fmt.Sprint(c.Bool)
	case manyStrings:
		return clip(strings.Join(c.Strings, " or "), 300)
	case manyRanges:
		return fmt.Sprint(c.Ranges)
	}
	return fmt.Sprint(c.Numbers)
}
