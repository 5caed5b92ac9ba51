package permit

import (
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/trunk"
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

// Emergency is the number of an emergency service that digits name, with a plus sign before them
// or without; false where they name none.
func (r *Rules) Emergency(digits string) (number identifier.ID, ok bool) {
	if r == nil || !r.isEmergency(digits) {
		return number, false
	}
	number, err := identifier.Phone(strings.TrimPrefix(digits, "+"))
	return number, err == nil
}

// EmergencyCaller is what an emergency service sees of a telephone without a caller id: a number
// of ours, which it can call back; zero where none can make calls.
func (r *Rules) EmergencyCaller() (number identifier.ID) {
	if r == nil || r.ownCaller == nil {
		return number
	}
	number, _ = identifier.Phone(r.ownCaller())
	return number
}

// Route returns the trunks to try for a number, in their order. An emergency service that no
// route takes is asked for through every trunk. An error is trunk.ErrNoRoute.
func (r *Rules) Route(number string) ([]*trunk.Trunk, error) {
	trunks, err := r.trunks.Route(number)
	if err != nil && r.isEmergency(number) {
		return r.trunks.Callable()
	}
	return trunks, err
}

// IsEmergency reports whether a call is one to an emergency service, which limits of
// callers do not hold up.
func (r *Rules) IsEmergency(to identifier.ID) bool { return r != nil && r.isEmergency(to.Number()) }

// exempt reports whether a number passes a guard because it is one of an
// emergency service: a spending limit must not cost a life. A guard whose prefixes
// name the number itself applies to it.
func (r *Rules) exempt(g *guard, number string) bool {
	return r.isEmergency(number) && !slices.Contains(g.Prefixes, number)
}
