package siprouting

import (
	"fmt"

	"github.com/switchhook/switchhook/internal/trunk"
)

// overrides are the routes' patterns with the caller ids that they set; none
// where no route sets one, so that most servers match nothing twice.
type overrides []override

type override struct {
	pattern  *trunk.Pattern
	callerID string
}

func (p plan) overrides() (overrides, error) {
	var all overrides
	some := false
	for _, r := range p.routes {
		pattern, err := trunk.NewPattern(r.Pattern)
		if err != nil {
			return nil, fmt.Errorf("route %s: pattern: %w", r.Name, err)
		}
		all = append(all, override{pattern, r.CallerID})
		some = some || r.CallerID != ""
	}
	if !some {
		return nil, nil
	}
	return all, nil
}

// CallerID is the number that a call to a number shows instead of its caller's,
// by the first route that takes it; "" where that route sets none.
func (a *API) CallerID(number string) string {
	a.mu.RLock()
	rules := a.rules
	a.mu.RUnlock()
	budget := trunk.NewBudget()
	for i, rule := range rules {
		if i > 0 && budget.Spent() {
			return "" // nor is there a route: the same patterns decide
		}
		if rule.pattern.Matches(number) {
			return rule.callerID
		}
	}
	return ""
}
