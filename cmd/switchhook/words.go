package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// az takes several words after one flag. These types do the same: each takes
// the words up to the next flag.

// words takes the values that follow a flag.
func words(ctx *kong.DecodeContext) []string {
	var list []string
	for ctx.Scan.Peek().IsValue() || negative(ctx.Scan.Peek()) {
		list = append(list, ctx.Scan.Pop().String())
	}
	return list
}

// negative reports a number such as -5, which looks like a flag.
func negative(t kong.Token) bool {
	_, err := strconv.ParseFloat(t.String(), 64)
	return err == nil
}

// seconds is a number of them, which may be -1.
type seconds struct{ given *int64 }

// Decode reads the flag's value.
func (s *seconds) Decode(ctx *kong.DecodeContext) error {
	if next := ctx.Scan.Peek(); next.IsValue() || negative(next) {
		if n, err := strconv.ParseInt(ctx.Scan.Pop().String(), 10, 64); err == nil {
			s.given = &n
			return nil
		}
	}
	return fmt.Errorf("must be a number of seconds, or -1")
}

// optionalBool is true, false, or not given. The flag alone means true, as with az.
type optionalBool struct{ given, value bool }

// IsBool lets the flag stand alone.
func (*optionalBool) IsBool() bool { return true }

// Decode reads the value, if the flag has one. The word that follows may be the
// subscription's name, so only true and false are taken.
func (b *optionalBool) Decode(ctx *kong.DecodeContext) error {
	b.given, b.value = true, true
	next := ctx.Scan.Peek()
	said, err := strconv.ParseBool(strings.ToLower(next.String()))
	switch {
	case next.IsValue() && err == nil:
		ctx.Scan.Pop()
		b.value = said
	case next.Type == kong.FlagValueToken:
		return fmt.Errorf("must be true or false")
	}
	return nil
}

// eventTypes are names of types, one a word or separated by commas. The word
// that follows them may be the subscription's name, so only what looks like a
// type is taken.
type eventTypes []string

// Decode reads one occurrence of the flag.
func (t *eventTypes) Decode(ctx *kong.DecodeContext) error {
	first, err := ctx.Scan.PopValue("event type")
	if err != nil {
		return err
	}
	list := strings.Split(first.String(), ",")
	for next := ctx.Scan.Peek(); next.IsValue() && strings.HasPrefix(next.String(), "Microsoft."); next = ctx.Scan.Peek() {
		list = append(list, strings.Split(ctx.Scan.Pop().String(), ",")...)
	}
	for _, name := range list {
		if name = strings.TrimSpace(name); name != "" {
			*t = append(*t, name)
		}
	}
	return nil
}

// advancedFilters are conditions on the events' members.
type advancedFilters []advancedFilter

// advancedFilter has Value or Values, as its operator wants.
type advancedFilter struct {
	Operator string `json:"operatorType"`
	Key      string `json:"key"`
	Value    any    `json:"value,omitempty"`
	Values   []any  `json:"values,omitempty"`
}

// Decode reads one occurrence of the flag: KEY OPERATOR VALUES.
func (f *advancedFilters) Decode(ctx *kong.DecodeContext) error {
	list := words(ctx)
	if len(list) < 2 {
		return fmt.Errorf("must be KEY OPERATOR VALUES, such as data.to.PhoneNumber.Value StringBeginsWith +1555")
	}
	filter, err := newFilter(list[0], list[1], list[2:])
	if err != nil {
		return err
	}
	*f = append(*f, filter)
	return nil
}

func newFilter(key, operator string, texts []string) (advancedFilter, error) {
	kind, known := filterOperators[strings.ToLower(operator)]
	if !known {
		return advancedFilter{}, fmt.Errorf("operator %q is not an operator of Event Grid", operator)
	}
	filter := advancedFilter{Operator: kind.name, Key: key}
	if len(texts) < kind.least || kind.most > 0 && len(texts) > kind.most || kind.most < 0 && len(texts) > 0 {
		return filter, fmt.Errorf("%s takes %s", kind.name, kind.takes())
	}
	var values []any
	for _, text := range texts {
		value, err := kind.parse(text)
		if err != nil {
			return filter, fmt.Errorf("%s: %q is not %s", kind.name, text, err)
		}
		values = append(values, value)
	}
	if kind.most == 1 {
		filter.Value = values[0]
	} else {
		filter.Values = values
	}
	return filter, nil
}

// attributeMapping are headers of deliveries.
type attributeMapping []attributeSetting

type attributeSetting struct {
	Name       string              `json:"name"`
	Type       string              `json:"type"`
	Properties attributeProperties `json:"properties"`
}

type attributeProperties struct {
	Value  string `json:"value,omitempty"`
	Secret bool   `json:"isSecret,omitempty"`
	Field  string `json:"sourceField,omitempty"`
}

// Decode reads one occurrence of the flag.
func (m *attributeMapping) Decode(ctx *kong.DecodeContext) error {
	list := words(ctx)
	kind := ""
	if len(list) >= 3 {
		kind = strings.ToLower(list[1])
	}
	switch {
	case kind == "static" && len(list) <= 4:
		secret := len(list) == 4 && strings.EqualFold(list[3], "true")
		*m = append(*m, attributeSetting{list[0], "Static", attributeProperties{Value: list[2], Secret: secret}})
	case kind == "dynamic" && len(list) == 3:
		*m = append(*m, attributeSetting{list[0], "Dynamic", attributeProperties{Field: list[2]}})
	default:
		return fmt.Errorf("must be NAME static VALUE [true|false], or NAME dynamic FIELD")
	}
	return nil
}
