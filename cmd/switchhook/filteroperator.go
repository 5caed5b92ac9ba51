package main

import (
	"errors"
	"strconv"
	"strings"
)

// filterOperator is an operator of Event Grid's advanced filters.
type filterOperator struct {
	name  string
	least int // values that it takes
	most  int // 0: any number; 1: one, sent as "value"; -1: none
	parse func(string) (any, error)
}

// filterOperators are keyed by their names in lower case.
var filterOperators = operators(
	[]string{"NumberGreaterThan", "NumberGreaterThanOrEquals", "NumberLessThan", "NumberLessThanOrEquals"}, filterOperator{least: 1, most: 1, parse: number},
	[]string{"BoolEquals"}, filterOperator{least: 1, most: 1, parse: boolean},
	[]string{"NumberIn", "NumberNotIn"}, filterOperator{least: 1, parse: number},
	[]string{"NumberInRange", "NumberNotInRange"}, filterOperator{least: 1, parse: numberRange},
	[]string{
		"StringIn", "StringNotIn", "StringBeginsWith", "StringNotBeginsWith", "StringEndsWith", "StringNotEndsWith", "StringContains", "StringNotContains",
	}, filterOperator{least: 1, parse: text},
	[]string{"IsNullOrUndefined", "IsNotNull"}, filterOperator{most: -1, parse: text},
)

// operators lists names, the operator that they share, and so on.
func operators(pairs ...any) map[string]filterOperator {
	all := make(map[string]filterOperator)
	for i := 0; i < len(pairs); i += 2 {
		for _, name := range pairs[i].([]string) {
			operator := pairs[i+1].(filterOperator)
			operator.name = name
			all[strings.ToLower(name)] = operator
		}
	}
	return all
}

func (o filterOperator) takes() string {
	switch o.most {
	case -1:
		return "no value"
	case 1:
		return "one value"
	}
	return "one value or more"
}

func text(s string) (any, error) { return s, nil }

func number(s string) (any, error) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil, errors.New("a number")
	}
	return n, nil
}

func boolean(s string) (any, error) {
	switch strings.ToLower(s) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return nil, errors.New("true or false")
}

// numberRange reads "1,10" as az writes ranges.
func numberRange(s string) (any, error) {
	low, high, _ := strings.Cut(s, ",")
	from, err1 := number(strings.TrimSpace(low))
	to, err2 := number(strings.TrimSpace(high))
	if err1 != nil || err2 != nil {
		return nil, errors.New("a range such as 1,10")
	}
	return []any{from, to}, nil
}
