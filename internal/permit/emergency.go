package permit

import (
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/identifier"
)

// DefaultEmergency are the numbers of emergency services that count as such
// where the configuration names none.
var DefaultEmergency = []string{"112", "911", "999", "000", "110", "119"}

func emergencies(list []string) map[string]bool {
	if list == nil {
		list = DefaultEmergency
	}
	known := make(map[string]bool, len(list))
	for _, number := range list {
		known[strings.TrimPrefix(number, "+")] = true
	}
	return known
}

// isEmergency reports whether a number is one of an emergency service.
func (r *Rules) isEmergency(number string) bool { return r.emergency[strings.TrimPrefix(number, "+")] }

// IsEmergency reports whether a call is one to an emergency service, which limits of
// callers do not hold up.
func (r *Rules) IsEmergency(to identifier.ID) bool { return r != nil && r.isEmergency(to.Number()) }

// exempt reports whether a number passes a guard because it is one of an
// emergency service: a spending limit must not cost a life. A guard whose prefixes
// name the number itself applies to it.
func (r *Rules) exempt(g *guard, number string) bool {
	return r.isEmergency(number) && !slices.Contains(g.Prefixes, number)
}
