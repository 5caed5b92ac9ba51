package eventgrid

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
)

// sample is an event whose data has a member of every kind.
func sample() event {
	return event{
		id: "i-1", kind: typeIncomingCall, subject: "/caller/4:+33155501234/recipient/4:+15551230002",
		data: json.RawMessage(`{"word":"Blue Moon","number":5,"yes":true,"none":null,"object":{"inner":"Deep"},
			"words":["Blue Moon","green"],"numbers":[5,9],"flags":[true],"mixed":["red",5,null],"objects":[{"a":1}],"empty":[],
			"to":{"phoneNumber":{"value":"+15551230002"}},"Twin":"upper","twin":"lower","a.b":"dotted"}`),
	}
}

// holds asks one filter, written as JSON, of the sample.
func holds(t testing.TB, filter string, arrays bool) bool {
	t.Helper()
	r := ask(t, webhook(fmt.Sprintf(`,"filter":{"enableAdvancedFilteringOnArrays":%t,"advancedFilters":[%s]}`, arrays, filter)))
	s, err := r.settings(rules{now: testNow})
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	m := s.Filter.compile(s.ArrayFilters)
	yes, evaluated := m.takes(&newPublication(sample(), testTopic).asked)
	if evaluated != 1 {
		t.Errorf("%d filters were evaluated", evaluated)
	}
	return yes
}

// TestEveryOperatorTakesWhatItSays has a row for each of the nineteen: a key whose value
// fits, one whose value does not, one that is absent, one of another type, and
// arrays with and without a fitting element.
func TestEveryOperatorTakesWhatItSays(t *testing.T) {
	type want struct{ missing, wrongType, arrayWith, arrayWithout bool }
	positive, negative := want{arrayWith: true}, want{arrayWithout: true}
	negativeIn := want{missing: true, wrongType: true, arrayWithout: true}
	rows := []struct {
		operator         string
		match, no        string // values, as JSON
		key, wrong, list string
		withIn, without  string // values for the array
		want             want
	}{
		{"NumberIn", `[1,5]`, `[1,6]`, "number", "word", "numbers", `[9]`, `[1]`, positive},
		{"NumberNotIn", `[1,6]`, `[1,5]`, "number", "word", "numbers", `[9]`, `[1]`, negativeIn},
		{"NumberLessThan", `5.5`, `5`, "number", "word", "numbers", `6`, `5`, positive},
		{"NumberLessThanOrEquals", `5`, `4.9`, "number", "word", "numbers", `5`, `4`, positive},
		{"NumberGreaterThan", `4.5`, `5`, "number", "word", "numbers", `8`, `9`, positive},
		{"NumberGreaterThanOrEquals", `5`, `5.1`, "number", "word", "numbers", `9`, `10`, positive},
		{"NumberInRange", `[[8,9],[1,5]]`, `[[5.1,9],[1,4.9]]`, "number", "word", "numbers", `[[9,20]]`, `[[6,8]]`, positive},
		{"NumberNotInRange", `[[5.1,9],[1,4.9]]`, `[[8,9],[5,6]]`, "number", "word", "numbers", `[[9,20]]`, `[[6,8]]`, negative},
		{"BoolEquals", `true`, `false`, "yes", "word", "flags", `true`, `false`, positive},
		{"StringContains", `["x","UE mo"]`, `["x","moons"]`, "word", "number", "words", `["REE"]`, `["x"]`, positive},
		{"StringNotContains", `["x","moons"]`, `["x","UE mo"]`, "word", "number", "words", `["REE"]`, `["x"]`, negative},
		{"StringBeginsWith", `["x","blue"]`, `["x","moon"]`, "word", "number", "words", `["GR"]`, `["moon"]`, positive},
		{"StringNotBeginsWith", `["x","moon"]`, `["x","BLUE"]`, "word", "number", "words", `["GR"]`, `["moon"]`, negative},
		{"StringEndsWith", `["x","MOON"]`, `["x","blue"]`, "word", "number", "words", `["EN"]`, `["blue"]`, positive},
		{"StringNotEndsWith", `["x","blue"]`, `["x","MOON"]`, "word", "number", "words", `["EN"]`, `["blue"]`, negative},
		{"StringIn", `["x","BLUE moon"]`, `["x","blue"]`, "word", "number", "words", `["GREEN"]`, `["blue"]`, positive},
		{"StringNotIn", `["x","blue"]`, `["x","BLUE moon"]`, "word", "number", "words", `["GREEN"]`, `["blue"]`, negativeIn},
	}
	for _, row := range rows {
		write := func(key, values string) string {
			member := "values"
			if form := operatorOf(row.operator).form; form == oneNumber || form == oneBool {
				member = "value"
			}
			return fmt.Sprintf(`{"operatorType":%q,"key":"data.%s",%q:%s}`, row.operator, key, member, values)
		}
		t.Run(row.operator, func(t *testing.T) {
			for _, each := range []struct {
				name, filter string
				arrays, want bool
			}{
				{"match", write(row.key, row.match), false, true},
				{"no match", write(row.key, row.no), false, false},
				{"missing", write("absent", row.match), false, row.want.missing},
				{"missing below an object", write("object.absent", row.match), false, row.want.missing},
				{"missing below a string", write("word.inner", row.match), false, row.want.missing},
				{"null", write("none", row.match), false, row.want.missing},
				{"wrong type", write(row.wrong, row.match), false, row.want.wrongType},
				{"object", write("object", row.match), false, row.want.wrongType},
				{"array, not enabled", write(row.list, row.withIn), false, row.want.missing},
				{"array with", write(row.list, row.withIn), true, row.want.arrayWith},
				{"array without", write(row.list, row.without), true, row.want.arrayWithout},
				{"array of objects", write("objects", row.match), true, row.want.missing},
				{"array without elements", write("empty", row.match), true, row.want.missing},
			} {
				t.Run(each.name, func(t *testing.T) {
					if got := holds(t, each.filter, each.arrays); got != each.want {
						t.Errorf("%s holds: %v, want %v", each.filter, got, each.want)
					}
				})
			}
		})
	}
	for _, row := range []struct {
		operator string
		want     map[string]bool
	}{
		{"IsNullOrUndefined", map[string]bool{"absent": true, "none": true, "word": false, "number": false, "object": false, "words": false, "empty": false, "word.inner": true}},
		{"IsNotNull", map[string]bool{"absent": false, "none": false, "word": true, "number": true, "object": true, "words": true, "empty": true, "word.inner": false}},
	} {
		for key, want := range row.want {
			for _, arrays := range []bool{false, true} {
				filter := fmt.Sprintf(`{"operatorType":%q,"key":"data.%s"}`, row.operator, key)
				if got := holds(t, filter, arrays); got != want {
					t.Errorf("%s holds: %v, want %v", filter, got, want)
				}
			}
		}
	}
	if len(rows)+2 != len(operators) {
		t.Errorf("%d operators are tested, there are %d", len(rows)+2, len(operators))
	}
}

func TestElementsOfAnotherTypeAreIgnored(t *testing.T) {
	for filter, want := range map[string]bool{
		`{"operatorType":"StringIn","key":"data.mixed","values":["RED"]}`:        true,
		`{"operatorType":"NumberIn","key":"data.mixed","values":[5]}`:            true,
		`{"operatorType":"StringNotContains","key":"data.mixed","values":["x"]}`: true,
		`{"operatorType":"BoolEquals","key":"data.mixed","value":true}`:          false,
	} {
		if got := holds(t, filter, true); got != want {
			t.Errorf("%s holds: %v, want %v", filter, got, want)
		}
	}
}

func TestFilterKeysNameFieldsInAnyCase(t *testing.T) {
	for key, want := range map[string]string{
		"id": "i-1", "ID": "i-1", "EventId": "i-1",
		"Topic": testTopic, "source": testTopic,
		"Subject":   "/caller/4:+33155501234/recipient/4:+15551230002",
		"EventType": typeIncomingCall, "type": typeIncomingCall,
		"DataVersion": "1.0", "eventTypeVersion": "1.0", "specversion": "1.0",
		"data.word": "Blue Moon", "Data.WORD": "Blue Moon", "DATA.Object.INNER": "Deep",
		"data.to.PhoneNumber.Value": "+15551230002",
		"data.Twin":                 "upper", "data.twin": "lower", "data.TWIN": "upper",
	} {
		f := fmt.Sprintf(`{"operatorType":"StringIn","key":%q,"values":[%q]}`, key, want)
		if !holds(t, f, false) {
			t.Errorf("%s does not lead to %q", key, want)
		}
	}
	for _, key := range []string{"data.a.b", "comexampleextension1", "dataversions"} {
		if !holds(t, fmt.Sprintf(`{"operatorType":"IsNullOrUndefined","key":%q}`, key), false) {
			t.Errorf("%s leads somewhere", key)
		}
	}
}

// TestRoutingByNumber is the filter of "Incoming call concepts": an
// application gets the calls of its own numbers, and none that was redirected
// to a user.
func TestRoutingByNumber(t *testing.T) {
	box := &mailbox{}
	g := withTakers(t, 0, box)
	filter := []AdvancedFilter{{Operator: "StringBeginsWith", Key: "data.to.PhoneNumber.Value", Strings: []string{"+15551230002"}}}
	settings := Settings{Endpoint: "http://127.0.0.1:3000/", Filter: Filter{Advanced: filter}, Retry: Retry{2, maxTimeToLive}}
	g.view.Store(newView([]Subscription{{Name: "routing", State: succeeded, Wanted: settings, Active: &settings}}, g.metrics))
	for name, want := range map[string]int{"pstn-to-number": 1, "identity-to-number": 1, "identity-to-identity": 0} {
		if n := g.IncomingCall(incomingCalls(t)[name]); n != want {
			t.Errorf("%s: %d matched, want %d", name, n, want)
		}
	}
}

func TestFiltersAreAllNeeded(t *testing.T) {
	both := func(second string) bool {
		r := ask(t, webhook(`,"filter":{"advancedFilters":[{"operatorType":"NumberIn","key":"data.number","values":[5]},`+second+`]}`))
		s, err := r.settings(rules{now: testNow})
		if err != nil {
			t.Fatal(err)
		}
		m := s.Filter.compile(false)
		yes, evaluated := m.takes(&newPublication(sample(), testTopic).asked)
		if evaluated != 2 {
			t.Errorf("%d filters were evaluated", evaluated)
		}
		return yes
	}
	if !both(`{"operatorType":"NumberLessThan","key":"data.number","value":6}`) {
		t.Error("two that hold do not take the event")
	}
	if both(`{"operatorType":"NumberLessThan","key":"data.number","value":5}`) {
		t.Error("one that does not hold takes the event")
	}
}

// FuzzFilter asks that no filter which is allowed, and no event, breaks the
// other, and that what is allowed can be read back and asked for again.
func FuzzFilter(f *testing.F) {
	f.Add(`[{"operatorType":"StringNotIn","key":"data.to.PhoneNumber.Value","values":["+1"]}]`, `{"to":{"phoneNumber":{"value":"+1555"}}}`, true)
	f.Add(`[{"operatorType":"NumberInRange","key":"Data.n","values":[[1,2]]},{"operatorType":"IsNotNull","key":"subject"}]`, `{"n":[1,"2",null,{}]}`, true)
	f.Add(`[{"operatorType":"BoolEquals","key":"data.a.b","value":true}]`, `[{"a":1}]`, false)
	f.Fuzz(func(t *testing.T, filters, data string, arrays bool) {
		var asked []advancedRequest
		if json.Unmarshal([]byte(filters), &asked) != nil || !json.Valid([]byte(data)) {
			return
		}
		allowed, err := advancedFilters(asked)
		if err != nil {
			return
		}
		filter := Filter{Advanced: allowed}
		m := filter.compile(arrays)
		e := sample()
		e.data = json.RawMessage(data)
		m.takes(&newPublication(e, testTopic).asked)
		answer, err := json.Marshal(filter.advanced())
		if err != nil {
			t.Fatal(err)
		}
		var again []advancedRequest
		if err := json.Unmarshal(answer, &again); err != nil {
			t.Fatal(err)
		}
		if same, err := advancedFilters(again); err != nil || !reflect.DeepEqual(same, allowed) {
			t.Errorf("%+v is read back as %s: %v", allowed, answer, err)
		}
	})
}
