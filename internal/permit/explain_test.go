package permit

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/trunk"
)

func TestExplanationNamesTheRuleAndCountsNothing(t *testing.T) {
	table, err := trunk.NewTable([]trunk.Trunk{
		{Name: "carrier", Host: "192.0.2.1", Transport: trunk.UDP}, {Name: "other", Host: "192.0.2.2", Transport: trunk.UDP},
	}, []trunk.Route{{Name: "world", Pattern: `^\+`, Trunks: []string{"carrier"}}})
	if err != nil {
		t.Fatal(err)
	}
	rules, err := New(Config{Numbers: owned{"+15550100001": "both"}, Trunks: table, Guards: []Guard{
		{Name: "premium", Prefixes: []string{"+1900"}, Deny: true},
		{Name: "minute", Prefixes: []string{"+49"}, PerMinute: 1, Each: true},
		{Name: "abroad", Prefixes: []string{"+44"}, Trunks: []string{"carrier"}, Deny: true},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, to, from, refusal, limit string }{
		{"permitted", "+33155501234", "+15550100001", "", ""},
		{"forbidden", "+19005550100", "+15550100001", `"premium"`, ""},
		{"forbidden in another spelling", "0019005550100", "+15550100001", `"premium"`, ""},
		{"counted", "+4930123456", "+15550100001", "", "minute: 1 calls a minute for each asker"},
		{"counted once more", "+4930123456", "+15550100001", "", "minute: 1 calls a minute for each asker"},
		{"forbidden on its only trunk", "+442079460000", "+15550100001", `"abroad"`, ""},
		{"a strange caller id", "+33155501234", "+33100000000", "caller id", ""},
		{"no route", "112345", "+15550100001", "no route", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			to, from := identifier.ID{}, identifier.ID{}
			if to, err = identifier.Phone(test.to); err != nil {
				t.Fatal(err)
			}
			if from, err = identifier.Phone(test.from); err != nil {
				t.Fatal(err)
			}
			j := rules.Explain(Request{By: PrimaryKey, From: from, To: to})
			if test.refusal == "" && j.Refusal != "" || !strings.Contains(j.Refusal, test.refusal) || !strings.Contains(strings.Join(j.Limits, ";"), test.limit) {
				t.Errorf("%+v", j)
			}
		})
	}
	if refused := rules.Refused(); len(refused) > 0 {
		for name, times := range refused {
			if times > 0 {
				t.Errorf("%s was counted %d times", name, times)
			}
		}
	}
	if got := rules.Guards()[1].Rule(); got != "calls to +49: 1 calls a minute for each asker" {
		t.Errorf("the guard reads %q", got)
	}
}
