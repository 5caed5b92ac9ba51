package eventgrid

import "strings"

// condition is an AdvancedFilter made ready to be asked quickly.
type condition struct {
	*operator
	key    path
	arrays bool // the elements of an array count as values
	AdvancedFilter
}

// compile prepares a filter that has been checked; one whose operator is
// unknown, out of a store that a later version wrote, takes nothing.
func (f AdvancedFilter) compile(arrays bool) condition {
	c := condition{operator: operatorOf(f.Operator), key: pathOf(f.Key), arrays: arrays, AdvancedFilter: f}
	c.Strings = make([]string, len(f.Strings))
	for i, text := range f.Strings {
		c.Strings[i] = strings.ToLower(text)
	}
	return c
}

// holds reports whether an event meets the condition. Values of another type
// than the operator's do not count; where none counts, the key is as good as
// missing.
func (c *condition) holds(of *fields) bool {
	if c.operator == nil {
		return false
	}
	v := of.at(&c.key)
	if c.form == noValue {
		return (v.kind != noneKind) != c.negated
	}
	if v.kind != listKind {
		if !c.counts(v) {
			return c.missing
		}
		return c.hits(v) != c.negated
	}
	if !c.arrays {
		return c.missing
	}
	return c.holdsIn(v.elements)
}

// holdsIn weighs the elements of an array: any may hit. An array with objects
// or arrays in it is not offered to filters.
func (c *condition) holdsIn(elements []value) bool {
	counted, hit := false, false
	for i := range elements {
		v := &elements[i]
		if v.kind == listKind || v.kind == objectKind {
			return c.missing
		}
		if c.counts(v) {
			counted = true
			hit = hit || c.hits(v)
		}
	}
	if !counted {
		return c.missing
	}
	return hit != c.negated
}

// counts reports whether a value is of the operator's type.
func (c *condition) counts(v *value) bool {
	switch c.form {
	case oneBool:
		return v.kind == boolKind
	case manyStrings:
		return v.kind == textKind
	}
	return v.kind == numberKind
}

// hits reports whether any of the filter's values fits.
func (c *condition) hits(v *value) bool {
	switch c.form {
	case oneBool:
		return v.truth == c.Bool
	case manyStrings:
		have := v.folded()
		for _, want := range c.Strings {
			if c.text(have, want) {
				return true
			}
		}
	case manyRanges:
		for _, r := range c.Ranges {
			if r[0] <= v.number && v.number <= r[1] {
				return true
			}
		}
	default:
		for _, want := range c.Numbers {
			if c.number(v.number, want) {
				return true
			}
		}
	}
	return false
}
