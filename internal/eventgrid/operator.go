package eventgrid

import (
	"strings"
)

// form is what an operator is given to compare with.
type form uint8

const (
	noValue     form = iota
	oneNumber        // "value": 5
	oneBool          // "value": true
	manyNumbers      // "values": [1, 2]
	manyRanges       // "values": [[1, 2], [5, 6]], both ends inside
	manyStrings      // "values": ["a", "b"], compared without regard to case
)

// operator is one of Event Grid's advanced filters. Several values are
// alternatives; a negated operator holds where none of them does.
type operator struct {
	name    string
	form    form
	negated bool
	missing bool // what it says of an event that lacks the key
	text    func(have, want string) bool
	number  func(have, want float64) bool
}

// operators are all that there are (Event Grid, "Event filtering"). What that
// text leaves open, NumberNotInRange without its key, does not match.
var operators = []operator{
	{name: "NumberIn", form: manyNumbers, number: equal},
	{name: "NumberNotIn", form: manyNumbers, number: equal, negated: true, missing: true},
	{name: "NumberLessThan", form: oneNumber, number: func(have, want float64) bool { return have < want }},
	{name: "NumberLessThanOrEquals", form: oneNumber, number: func(have, want float64) bool { return have <= want }},
	{name: "NumberGreaterThan", form: oneNumber, number: func(have, want float64) bool { return have > want }},
	{name: "NumberGreaterThanOrEquals", form: oneNumber, number: func(have, want float64) bool { return have >= want }},
	{name: "NumberInRange", form: manyRanges},
	{name: "NumberNotInRange", form: manyRanges, negated: true},
	{name: "BoolEquals", form: oneBool},
	{name: "StringContains", form: manyStrings, text: strings.Contains},
	{name: "StringNotContains", form: manyStrings, text: strings.Contains, negated: true},
	{name: "StringBeginsWith", form: manyStrings, text: strings.HasPrefix},
	{name: "StringNotBeginsWith", form: manyStrings, text: strings.HasPrefix, negated: true},
	{name: "StringEndsWith", form: manyStrings, text: strings.HasSuffix},
	{name: "StringNotEndsWith", form: manyStrings, text: strings.HasSuffix, negated: true},
	{name: "StringIn", form: manyStrings, text: same},
	{name: "StringNotIn", form: manyStrings, text: same, negated: true, missing: true},
	{name: "IsNullOrUndefined", negated: true, missing: true},
	{name: "IsNotNull"},
}

func equal(have, want float64) bool { return have == want }

func same(have, want string) bool { return have == want }

// operatorOf finds an operator by its name, in any case as ARM takes it.
func operatorOf(name string) *operator {
	for i := range operators {
		if strings.EqualFold(operators[i].name, name) {
			return &operators[i]
		}
	}
	return nil
}

// operatorNames lists the operators in a sentence.
func operatorNames() string {
	names := make([]string, len(operators))
	for i, o := range operators {
		names[i] = o.name
	}
	return strings.Join(names, ", ")
}
