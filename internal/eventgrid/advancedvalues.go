package eventgrid

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// read takes the values in the form that the operator asks for.
func (r advancedRequest) read(form form, f *AdvancedFilter) error {
	one, many := present(r.Value), present(r.Values)
	switch form {
	case noValue:
		if one || many {
			return errors.New("it takes neither value nor values")
		}
		return nil
	case oneNumber, oneBool:
		if !one || many {
			return errors.New("it takes one value, not values")
		}
	default:
		if one || !many {
			return errors.New("it takes an array of values, not one value")
		}
	}
	return f.decode(form, r.Value, r.Values)
}

func (f *AdvancedFilter) decode(form form, one, many json.RawMessage) error {
	switch form {
	case oneBool:
		if json.Unmarshal(one, &f.Bool) != nil {
			return errors.New("value must be true or false")
		}
	case oneNumber:
		f.Numbers = make([]float64, 1)
		if json.Unmarshal(one, &f.Numbers[0]) != nil {
			return errors.New("value must be a number")
		}
	case manyNumbers:
		return decodeEach(many, &f.Numbers, "a number", nil)
	case manyRanges:
		return decodeRanges(many, &f.Ranges)
	case manyStrings:
		return decodeEach(many, &f.Strings, "a string", func(s string) error {
			if utf8.RuneCountInString(s) > maxFilterText {
				return fmt.Errorf("is longer than %d characters", maxFilterText)
			}
			return nil
		})
	}
	return nil
}

// decodeEach reads an array that holds at least one value, none of them null.
func decodeEach[T any](from json.RawMessage, into *[]T, what string, check func(T) error) error {
	var raw []json.RawMessage
	if json.Unmarshal(from, &raw) != nil || len(raw) == 0 {
		return errors.New("values must be an array with at least one value")
	}
	if len(raw) > maxFilterValues {
		return fmt.Errorf("it has %d values; all filters together may have %d", len(raw), maxFilterValues)
	}
	for i, text := range raw {
		var v T
		if !present(text) || json.Unmarshal(text, &v) != nil {
			return fmt.Errorf("values[%d] must be %s", i, what)
		}
		if check != nil {
			if err := check(v); err != nil {
				return fmt.Errorf("values[%d] %w", i, err)
			}
		}
		*into = append(*into, v)
	}
	return nil
}

const aRange = "a range such as [1, 5]"

func decodeRanges(from json.RawMessage, into *[][2]float64) error {
	var ranges [][]*float64
	if err := decodeEach(from, &ranges, aRange, func(r []*float64) error {
		if len(r) != 2 || r[0] == nil || r[1] == nil {
			return fmt.Errorf("must be %s", aRange)
		}
		if *r[0] > *r[1] {
			return errors.New("ends before it begins")
		}
		return nil
	}); err != nil {
		return err
	}
	for _, r := range ranges {
		*into = append(*into, [2]float64{*r[0], *r[1]})
	}
	return nil
}

// present reports whether a member is there and is not null.
func present(member json.RawMessage) bool {
	text := bytes.TrimSpace(member)
	return len(text) > 0 && !bytes.Equal(text, []byte("null"))
}
