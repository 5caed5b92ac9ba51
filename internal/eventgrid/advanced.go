package eventgrid

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/switchhook/switchhook/internal/fault"
)

// Event Grid's limits on the advanced filters of one subscription. A key is
// bounded as a value is.
const (
	maxAdvancedFilters = 25
	maxFilterValues    = 25 // of all its filters together
	maxFilterText      = 512
)

// AdvancedFilter is a condition on a member of an event. Its operator says
// which of the other members it has.
type AdvancedFilter struct {
	Operator string       `json:"operator"`
	Key      string       `json:"key"`
	Numbers  []float64    `json:"numbers,omitempty"`
	Ranges   [][2]float64 `json:"ranges,omitempty"`
	Strings  []string     `json:"strings,omitempty"`
	Bool     bool         `json:"bool,omitempty"`
}

// advancedRequest is an advanced filter on the wire.
type advancedRequest struct {
	Operator string          `json:"operatorType"`
	Key      string          `json:"key"`
	Value    json.RawMessage `json:"value"`
	Values   json.RawMessage `json:"values"`
}

// advancedFilters checks the filters of a subscription; every refusal names the
// one that is wrong.
func advancedFilters(asked []advancedRequest) ([]AdvancedFilter, error) {
	if len(asked) > maxAdvancedFilters {
		return nil, fault.Invalid("filter.advancedFilters has %d filters; at most %d are allowed", len(asked), maxAdvancedFilters)
	}
	var filters []AdvancedFilter
	values := 0
	for i, r := range asked {
		f, err := r.filter()
		if err != nil {
			return nil, fault.Invalid("filter.advancedFilters[%d] (%s on %q): %s", i, clip(r.Operator, 40), clip(r.Key, 80), err)
		}
		if values += f.values(); values > maxFilterValues {
			return nil, fault.Invalid("filter.advancedFilters[%d] (%s on %q): with its values there are %d; all filters together may have %d",
				i, f.Operator, clip(r.Key, 80), values, maxFilterValues)
		}
		filters = append(filters, f)
	}
	return filters, nil
}

// values counts what a filter compares with.
func (f AdvancedFilter) values() int {
	if operatorOf(f.Operator).form == oneBool {
		return 1
	}
	return len(f.Numbers) + len(f.Ranges) + len(f.Strings)
}

func (r advancedRequest) filter() (AdvancedFilter, error) {
	o := operatorOf(r.Operator)
	if o == nil {
		return AdvancedFilter{}, fmt.Errorf("operatorType must be one of %s", operatorNames())
	}
	if err := checkKey(r.Key); err != nil {
		return AdvancedFilter{}, err
	}
	f := AdvancedFilter{Operator: o.name, Key: r.Key}
	return f, r.read(o.form, &f)
}

var extensionName = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// checkKey refuses keys that no event can have. A bare name may be an extension
// attribute of CloudEvents.
func checkKey(key string) error {
	steps := strings.Split(key, ".")
	switch {
	case key == "":
		return errors.New("key is missing")
	case utf8.RuneCountInString(key) > maxFilterText:
		return fmt.Errorf("key is longer than %d characters", maxFilterText)
	case len(steps) == 1 && extensionName.MatchString(key):
		return nil
	case !strings.EqualFold(steps[0], "data") || len(steps) == 1:
		return errors.New("key must be data.… or the name of an attribute such as subject or eventType")
	}
	for _, step := range steps {
		if step == "" {
			return errors.New("key has an empty name between its dots")
		}
	}
	return nil
}

// advancedAnswer is an advanced filter as it is read back.
type advancedAnswer struct {
	Operator string `json:"operatorType"`
	Key      string `json:"key"`
	Value    any    `json:"value,omitempty"`
	Values   any    `json:"values,omitempty"`
}

func (f AdvancedFilter) answer() advancedAnswer {
	a := advancedAnswer{Operator: f.Operator, Key: f.Key}
	o := operatorOf(f.Operator)
	if o == nil { // of a store that a later version wrote
		return a
	}
	switch o.form {
	case oneBool:
		a.Value = f.Bool
	case oneNumber:
		a.Value = f.Numbers[0]
	case manyNumbers:
		a.Values = f.Numbers
	case manyRanges:
		a.Values = f.Ranges
	case manyStrings:
		a.Values = f.Strings
	}
	return a
}
