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

// Owns reports whether a number is ours.
func (r *Rules) Owns(number string) bool { return r != nil && r.numbers.Owns(number) }

// meanings are the numbers that a request may reach before its trunk is known.
func (r *Rules) meanings(q Request) []string {
	number := r.Normal(q.To).Number()
	switch {
	case strings.ContainsAny(number, "*#"):
		return behindCode(number, r.trunks.Meanings)
	case strings.HasPrefix(number, "+"):
		return []string{number}
	}
	return append([]string{number}, r.trunks.Meanings(number)...)
}

// through are the numbers that a request may reach through a trunk.
func (r *Rules) through(t *trunk.Trunk, q Request) []string {
	number := r.Normal(q.To).Number()
	if strings.ContainsAny(number, "*#") {
		return behindCode(number, func(part string) []string {
			return []string{trunk.Plan{}.Normal(part), t.Rewriting.Normal(part)}
		})
	}
	return t.Destinations(number)
}

// leastBehindCode is how few digits behind a service code are judged as a number: services
// that are dear have numbers as short.
const leastBehindCode = 3

// behindCode are the numbers that a service code may stand before, as in *67 and
// *21*…#: what stands between its marks, and what follows one to three digits there.
// read gives the meanings of one.
func behindCode(number string, read func(string) []string) []string {
	list := []string{number}
	for _, part := range strings.FieldsFunc(number, func(r rune) bool { return r == '*' || r == '#' || r == '+' }) {
		for skip := 0; skip <= 3 && len(part)-skip >= leastBehindCode; skip++ {
			list = append(append(list, part[skip:]), read(part[skip:])...)
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
