package permit

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/trunk"
)

// denied are beginnings of numbers that no call may reach in this test.
var denied = []string{"+1900", "+44", "+979"}

// TestOtherSpellingsAreJudgedAsWhatTheyReach asks for a refusal of each number that a
// guard denies, by the ways in which people write it.
func TestOtherSpellingsAreJudgedAsWhatTheyReach(t *testing.T) {
	deny := Guard{Name: "dear", Prefixes: denied, Deny: true}
	nowhere, britain, america := trunk.Plan{}, trunk.Plan{Country: "44"}, trunk.Plan{Country: "1", International: "011"}
	for _, test := range []struct {
		plan    trunk.Plan
		numbers []string
		allowed bool
	}{
		{plan: nowhere, numbers: []string{
			"01119005551234", "0114420794600", "000114420794600", "+00004420794600", "+01119005551234", "+0114420794600",
			"0019005551234", "+0019005551234", "19005551234", "+1011442079460000", "+119005551234", "*6719005551234", "*21*0019005551234#", "#31#+4420794600",
		}},
		{plan: nowhere, allowed: true, numbers: []string{"+33155501234", "0033155501234", "112", "+112", "+4930123456", "01133155501234"}},
		{plan: britain, numbers: []string{"02079460000", "+02079460000", "01142794600", "442079460000", "+4402079460000"}},
		{plan: america, numbers: []string{"9005551234", "19005551234", "0114420794600", "+19005551234"}},
	} {
		table, err := trunk.NewTable([]trunk.Trunk{{Name: "carrier", Host: "192.0.2.1", CallerIDs: trunk.CallerIDs{Any: true}, Rewriting: trunk.Rewriting{Plan: test.plan}}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := New(Config{Numbers: numbers, Trunks: table, Guards: []Guard{deny}})
		if err != nil {
			t.Fatal(err)
		}
		for _, number := range test.numbers {
			if _, err := r.Reserve(to(number)); (err == nil) != test.allowed {
				t.Errorf("%s in %+v: %v", number, test.plan, err)
			}
		}
	}
}

// TestServiceCodesHideNoNumber: behind a code, a national number and a short one are judged
// as they are without it.
func TestServiceCodesHideNoNumber(t *testing.T) {
	for _, test := range []struct {
		country, prefix, number string
		allowed                 bool
	}{
		{"1", "+1900", "*679005551234", false},
		{"1", "+1900", "*67#9005551234", false},
		{"44", "+44900", "*670900123456", false},
		{"44", "+44900", "#31#0900123456", false},
		{"33", "+33899", "*21*0899123456#", false},
		{"33", "118", "*31#118218", false},
		{"33", "118", "#31#118218", false},
		{"33", "118", "*31118218", false},
		{"1", "+1900", "*672125550100", true},
		{"44", "+44900", "#31#02079460000", true},
		{"33", "118", "*100#", true},
	} {
		t.Run(test.number, func(t *testing.T) {
			table, err := trunk.NewTable([]trunk.Trunk{{Name: "carrier", Host: "192.0.2.1", CallerIDs: trunk.CallerIDs{Any: true}, Rewriting: trunk.Rewriting{Plan: trunk.Plan{Country: test.country}}}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for name, guard := range map[string]Guard{"of all": {}, "of the trunk": {Trunks: []string{"carrier"}}} {
				guard.Name, guard.Prefixes, guard.Deny = "dear", []string{test.prefix}, true
				r, err := New(Config{Numbers: numbers, Trunks: table, Guards: []Guard{guard}})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := r.Reserve(to(test.number)); (err == nil) != test.allowed {
					t.Errorf("a guard %s: %v", name, err)
				}
			}
		})
	}
}

// TestWhatLeavesATrunkIsNotDenied dials numbers in every spelling through trunks of
// several countries and dialects. Of what passes the guards, what leaves, as a
// carrier of that country reads it, is none of the numbers that they deny.
func TestWhatLeavesATrunkIsNotDenied(t *testing.T) {
	stripPlus, zeros := rule(t, `^\+`, ""), rule(t, `^\+`, "00")
	national, turned := rule(t, `^\+44(\d+)`, "0$1"), rule(t, `^\+3319`, "+19")
	plans := []trunk.Plan{{}, {Country: "44"}, {Country: "1", International: "011"}, {Country: "33"}, {Country: "39", National: "-"}, {Country: "7", International: "810", National: "8"}}
	dialects := [][]trunk.Rule{nil, {stripPlus}, {zeros}, {national}, {turned}}
	random := rand.New(rand.NewPCG(1, 2))
	passed := 0
	for range 20_000 {
		var trunks []trunk.Trunk
		for i := range 1 + random.IntN(2) {
			trunks = append(trunks, trunk.Trunk{Name: string(rune('a' + i)), Host: "192.0.2.1", CallerIDs: trunk.CallerIDs{Any: true}, Rewriting: trunk.Rewriting{
				Plan: plans[random.IntN(len(plans))], CalledOut: dialects[random.IntN(len(dialects))],
			}})
		}
		table, err := trunk.NewTable(trunks, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := New(Config{Numbers: numbers, Trunks: table, Guards: []Guard{{Name: "dear", Prefixes: denied, Deny: true}}})
		if err != nil {
			t.Fatal(err)
		}
		dialled := spelling(random)
		q := to(dialled)
		if _, err := r.Reserve(q); err != nil {
			continue
		}
		q.To = r.Normal(q.To)
		list, _ := table.Route(q.To.Number())
		for _, via := range list {
			if _, err := r.AdmitOutbound(via, q); err != nil {
				continue
			}
			passed++
			left := via.Dialled(q.To.Number())
			if slices.ContainsFunc(denied, func(prefix string) bool { return strings.HasPrefix(carrier(left, via.Rewriting.Plan), prefix) }) {
				t.Fatalf("%s passes as %s and leaves as %s, through %+v", dialled, q.To.Number(), left, via.Rewriting)
			}
		}
	}
	if passed < 1000 {
		t.Errorf("%d calls passed: the test is none", passed)
	}
}

// carrier is how a carrier of a country reads a number: it knows its own prefixes,
// and is lenient about a plus sign before a zero, where none belongs.
func carrier(number string, plan trunk.Plan) string {
	digits := strings.TrimPrefix(number, "+")
	prefix := plan.International
	if prefix == "" {
		prefix = "00"
	}
	for len(digits) > 8 && (number[0] != '+' || digits[0] == '0') && (strings.HasPrefix(digits, prefix) || plan.Country == "" && strings.HasPrefix(digits, "011")) {
		rest, ok := strings.CutPrefix(digits, prefix)
		if !ok {
			rest = digits[3:]
		}
		digits, number = rest, "+"+rest
	}
	switch {
	case strings.HasPrefix(number, "+") && !strings.HasPrefix(number, "+0"):
		return number
	case plan.Country == "1" && len(digits) == 10:
		return "+1" + digits
	case strings.HasPrefix(digits, "0") && plan.National == "" && plan.Country != "":
		return "+" + plan.Country + digits[1:]
	}
	return "+" + digits
}

// spelling is a number, often one that is denied, as somebody may write it.
func spelling(random *rand.Rand) string {
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	number := pick("19005551234", "442079460000", "4420794600", "979123456", "33155501234", "33900555123", "33190055512", "4930123456", "2079460000", "9005551234", "12125550100")
	return pick("", "+") + pick("", "", "0", "00", "000", "0000", "011", "00011", "0011", "00011", "810", "0010", "1011", "1") + number
}

func rule(t *testing.T, match, replace string) trunk.Rule {
	t.Helper()
	made, err := trunk.NewRule(match, replace)
	if err != nil {
		t.Fatal(err)
	}
	return made
}
