package eventgrid

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/fault"
)

func TestAdvancedFiltersThatAreRefused(t *testing.T) {
	repeat := func(n int, one string) string { return strings.TrimSuffix(strings.Repeat(one+",", n), ",") }
	number := `{"operatorType":"NumberLessThan","key":"data.x","value":1}`
	for _, row := range []struct{ name, filters, says string }{
		{"no operator", `{"key":"data.x","value":1}`, "operatorType must be one of NumberIn"},
		{"unknown operator", `{"operatorType":"StringLike","key":"data.x","values":["a"]}`, "IsNotNull"},
		{"no key", `{"operatorType":"IsNotNull"}`, "key is missing"},
		{"a path outside data", `{"operatorType":"IsNotNull","key":"to.phoneNumber.value"}`, "key must be data.…"},
		{"data itself", `{"operatorType":"IsNotNull","key":"data."}`, "empty name"},
		{"an empty step", `{"operatorType":"IsNotNull","key":"data.to..x"}`, "empty name"},
		{"an overlong key", `{"operatorType":"IsNotNull","key":"data.` + strings.Repeat("x", 512) + `"}`, "longer than 512"},
		{"a string for a number", `{"operatorType":"NumberLessThan","key":"data.x","value":"1"}`, "value must be a number"},
		{"a number for a bool", `{"operatorType":"BoolEquals","key":"data.x","value":1}`, "value must be true or false"},
		{"values for one value", `{"operatorType":"NumberLessThan","key":"data.x","values":[1]}`, "it takes one value"},
		{"value for an array", `{"operatorType":"NumberIn","key":"data.x","value":1}`, "it takes an array"},
		{"both", `{"operatorType":"NumberIn","key":"data.x","value":1,"values":[1]}`, "it takes an array"},
		{"values for none", `{"operatorType":"IsNotNull","key":"data.x","values":["a"]}`, "neither value nor values"},
		{"no values", `{"operatorType":"StringIn","key":"data.x","values":[]}`, "at least one value"},
		{"values that are no array", `{"operatorType":"StringIn","key":"data.x","values":"a"}`, "at least one value"},
		{"a null among values", `{"operatorType":"StringIn","key":"data.x","values":["a",null]}`, "values[1] must be a string"},
		{"a number among strings", `{"operatorType":"StringIn","key":"data.x","values":["a",1]}`, "values[1] must be a string"},
		{"a string among numbers", `{"operatorType":"NumberNotIn","key":"data.x","values":["a"]}`, "values[0] must be a number"},
		{"an overlong string", `{"operatorType":"StringIn","key":"data.x","values":["` + strings.Repeat("x", 513) + `"]}`, "longer than 512"},
		{"a range of one", `{"operatorType":"NumberInRange","key":"data.x","values":[[1]]}`, "values[0] must be a range"},
		{"a range with a null", `{"operatorType":"NumberInRange","key":"data.x","values":[[null,1]]}`, "values[0] must be a range"},
		{"a range backwards", `{"operatorType":"NumberNotInRange","key":"data.x","values":[[1,2],[3,2]]}`, "values[1] ends before it begins"},
		{"no ranges", `{"operatorType":"NumberInRange","key":"data.x","values":[1,2]}`, "values[0] must be a range"},
		{"26 filters", repeat(26, number), "26 filters; at most 25"},
		{"26 values in one", `{"operatorType":"NumberIn","key":"data.x","values":[` + repeat(26, "1") + `]}`, "26 values; all filters together may have 25"},
		{"26 values in two", number + `,{"operatorType":"NumberIn","key":"data.y","values":[` + repeat(25, "1") + `]}`, `[1] (NumberIn on "data.y"): with its values there are 26`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := ask(t, webhook(`,"filter":{"advancedFilters":[`+row.filters+`]}`)).settings(rules{now: testNow})
			if !fault.Is(err, fault.KindInvalid) || !strings.Contains(err.Error(), row.says) || !strings.Contains(err.Error(), "filter.advancedFilters") {
				t.Errorf("%v, want %q", err, row.says)
			}
		})
	}
	if _, err := ask(t, webhook(`,"filter":{"advancedFilters":[`+repeat(25, number)+`]}`)).settings(rules{now: testNow}); err != nil {
		t.Errorf("25 filters: %v", err)
	}
}

// TestAdvancedFiltersAreReadBack as they were asked for, in their own forms,
// and survive being stored.
func TestAdvancedFiltersAreReadBack(t *testing.T) {
	const filters = `[{"operatorType":"NumberIn","key":"data.a","values":[1,2.5]},{"operatorType":"BoolEquals","key":"data.b","value":false},
		{"operatorType":"NumberLessThan","key":"data.c","value":0},{"operatorType":"NumberInRange","key":"data.d","values":[[1,2],[3,4]]},
		{"operatorType":"StringIn","key":"Subject","values":["A"]},{"operatorType":"IsNotNull","key":"data.e"}]`
	s, err := ask(t, webhook(`,"filter":{"advancedFilters":`+filters+`}`)).settings(rules{now: testNow})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var again Settings
	if err := json.Unmarshal(stored, &again); err != nil || !reflect.DeepEqual(again, s) {
		t.Errorf("%+v, %v\nwas stored as %+v", again, err, s)
	}
	answer, err := json.Marshal(again.Filter.advanced())
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(filters), &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read back as %s", answer)
	}
}

// BenchmarkAdvancedFilters is one publishing to many subscriptions, of which
// one takes the event and the others ask two keys of it.
func BenchmarkAdvancedFilters(b *testing.B) {
	for _, count := range []int{1, 100, 500} {
		b.Run(fmt.Sprintf("subscriptions=%d", count), func(b *testing.B) {
			poster := &nowhere{}
			g := withTakers(b, 0, poster)
			var all []Subscription
			for i := range count {
				settings := Settings{Endpoint: "http://127.0.0.1:3000/", Filter: Filter{Advanced: []AdvancedFilter{
					{Operator: "StringBeginsWith", Key: "data.from.PhoneNumber.Value", Strings: []string{"+33"}},
					{Operator: "StringIn", Key: "data.to.PhoneNumber.Value", Strings: []string{fmt.Sprintf("+1555123%04d", i+2)}},
				}}}
				all = append(all, Subscription{Name: fmt.Sprintf("sub-%04d", i), State: succeeded, Wanted: settings, Active: &settings})
			}
			g.view.Store(newView(all, g.metrics))
			in := incomingCalls(b)["pstn-to-number"]
			b.ReportAllocs()
			for b.Loop() {
				g.IncomingCall(in)
			}
			b.ReportMetric(float64(poster.posted)/float64(b.N), "messages/op")
		})
	}
}
