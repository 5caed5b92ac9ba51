package permit

import (
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Normal writes a number in the form by which the rules judge it. Whoever dials a
// number after a decision dials this form.
func (r *Rules) Normal(id identifier.ID) identifier.ID {
	if !id.IsDialable() {
		return id
	}
	normal := ""
	if r == nil {
		normal = trunk.Plan{}.Normal(id.Number())
	} else {
		normal = r.trunks.Normal(id.Number())
	}
	if made, err := identifier.Phone(normal); err == nil {
		return made
	}
	return id
}

// meanings are the numbers that a request may reach before its trunk is known.
func (r *Rules) meanings(q Request) []string {
	number := r.Normal(q.To).Number()
	switch {
	case strings.ContainsAny(number, "*#"):
		return behindCode(number)
	case strings.HasPrefix(number, "+"):
		return []string{number}
	}
	return append([]string{number}, r.trunks.Meanings(number)...)
}

// through are the numbers that a request may reach through a trunk.
func (r *Rules) through(t *trunk.Trunk, q Request) []string {
	number := r.Normal(q.To).Number()
	if strings.ContainsAny(number, "*#") {
		return behindCode(number)
	}
	return t.Destinations(number)
}

// behindCode are the numbers that a service code may stand before, as in *67 and
// *21*…#: what follows two or three digits, as long as it may be a number.
func behindCode(number string) []string {
	list := []string{number}
	for _, part := range strings.FieldsFunc(number, func(r rune) bool { return r == '*' || r == '#' || r == '+' }) {
		for skip := 0; skip <= 3 && len(part)-skip >= 7; skip++ {
			list = append(list, trunk.Plan{}.Normal(part[skip:]))
		}
	}
	return list
}

// begins reports whether a number begins as a list says, in one of its spellings.
func (r *Rules) begins(number string, prefixes []string) bool {
	return hasPrefix(number, prefixes) || len(prefixes) > 0 && slices.ContainsFunc(r.trunks.Spellings(number), func(number string) bool { return hasPrefix(number, prefixes) })
}

func hasPrefix(number string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(number, prefix) })
}
