package trunk

import (
	"fmt"
	"unicode/utf8"
)

// Limits of ACS direct routing (SIP routing specification).
const (
	maxRoutes         = 250
	maxTrunksPerRoute = 250
	maxPattern        = 1024
	maxName           = 256
)

// Route sends the numbers that match a pattern through trunks.
type Route struct {
	Name    string
	Pattern string   // .NET regular expression; "" matches every number
	Trunks  []string // names; tried in random order
}

// compiled is a Route that is ready to match.
type compiled struct {
	name    string
	pattern *Pattern
	trunks  []*Trunk
}

// compile finds the route's trunks and checks its pattern.
func (r Route) compile(byName map[string]*Trunk) (compiled, error) {
	if utf8.RuneCountInString(r.Name) > maxName || utf8.RuneCountInString(r.Pattern) > maxPattern || len(r.Trunks) > maxTrunksPerRoute {
		return compiled{}, fmt.Errorf("route %.40q is too long: at most %d characters of name, %d of pattern, %d trunks",
			r.Name, maxName, maxPattern, maxTrunksPerRoute)
	}
	pattern, err := NewPattern(r.Pattern)
	if err != nil {
		return compiled{}, fmt.Errorf("route %s: pattern: %w", r.Name, err)
	}
	route := compiled{name: r.Name, pattern: pattern}
	for _, name := range r.Trunks {
		t, ok := byName[name]
		if !ok {
			return compiled{}, fmt.Errorf("route %s: there is no trunk %q", r.Name, name)
		}
		route.trunks = append(route.trunks, t)
	}
	return route, nil
}
