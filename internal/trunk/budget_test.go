package trunk

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// TestRouteDecisionIsBounded asks that 250 patterns, each as slow as one may be,
// cannot cost a call more than the time of one decision.
func TestRouteDecisionIsBounded(t *testing.T) {
	var routes []Route
	for i := range maxRoutes {
		routes = append(routes, Route{Name: fmt.Sprint(i), Pattern: `^\+(1+)+x$`, Trunks: []string{"a"}})
	}
	table, err := NewTable([]Trunk{{Name: "a", Host: "192.0.2.1"}}, routes)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := table.Route("+1111111111111111111111111111111"); !errors.Is(err, ErrNoRoute) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > time.Minute { // one pattern beyond, on a busy machine; without a bound it takes years
		t.Errorf("the decision took %s", took)
	}
}

// TestSlowPatternsAreFound asks that those that backtrack without end are refused
// before a call meets them, and usual ones are not.
func TestSlowPatternsAreFound(t *testing.T) {
	for text, slow := range map[string]bool{
		`^\+(1+)+x$`: true, `^(\d+)+x$`: true, `(1|11)+$x`: true, `^\+1(\d{10})$`: false, `^\+(33|44)\d+$`: false, `.*`: false, ``: false,
	} {
		p, err := NewPattern(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Try(); (err != nil) != slow {
			t.Errorf("%s: %v", text, err)
		}
	}
}
