package trunk

import (
	"strings"
	"testing"
	"time"
)

// TestPlanMakesE164 asks how numbers that carriers send become ours.
func TestPlanMakesE164(t *testing.T) {
	france, america, italy, abroad := Plan{Country: "33"}, Plan{Country: "1", International: "011"}, Plan{Country: "39", National: "-"}, Plan{}
	for _, test := range []struct {
		plan         Plan
		number, want string
	}{
		{france, "+33155501234", "+33155501234"}, {france, "0033155501234", "+33155501234"}, {france, "0155501234", "+33155501234"},
		{france, "33155501234", "33155501234"}, {france, "112", "112"}, {france, "3949", "3949"}, {france, "alice", "alice"},
		{america, "5555550100", "+15555550100"}, {america, "15555550100", "15555550100"}, {america, "01133155501234", "+33155501234"},
		{italy, "0612345678", "+390612345678"}, {italy, "0033155501234", "+33155501234"},
		{abroad, "0033155501234", "+33155501234"}, {abroad, "0155501234", "0155501234"}, {abroad, "", ""},
	} {
		if got := test.plan.E164(test.number); got != test.want {
			t.Errorf("%+v on %s: got %s, want %s", test.plan, test.number, got, test.want)
		}
	}
}

func rule(t testing.TB, match, replace string) Rule {
	t.Helper()
	made, err := NewRule(match, replace)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestFirstRuleThatMatchesRewrites asks for groups, order, and that what is no
// number changes nothing.
func TestFirstRuleThatMatchesRewrites(t *testing.T) {
	rules := []Rule{rule(t, `^\+33(\d+)$`, "0$1"), rule(t, `^\+`, "00"), rule(t, `^9(?!11)`, ""), rule(t, `^x$`, "a b")}
	for number, want := range map[string]string{
		"+33155501234": "0155501234", "+4930123456": "004930123456", "9123": "123", "911": "911", "x": "x", "9": "9", "100": "100",
	} {
		if got := (&Rewriting{}).Out(number, rules); got != want {
			t.Errorf("%s: got %s, want %s", number, got, want)
		}
	}
	in := Rewriting{Plan: Plan{Country: "33"}}
	if got := in.In("9990155501234", []Rule{rule(t, "^999", "")}); got != "+33155501234" {
		t.Errorf("rules come before the plan: got %s", got)
	}
}

// TestEndlessRuleChangesNothing asks that a pattern cannot stall a call.
func TestEndlessRuleChangesNothing(t *testing.T) {
	endless := rule(t, `^(\d+)+$`, "1")
	number := strings.Repeat("1", 40) + "x"
	if got := (&Rewriting{}).Out(number, []Rule{endless}); got != number {
		t.Errorf("got %s", got)
	}
}

// TestBadDialectIsRefused asks for errors that name the trunk.
func TestBadDialectIsRefused(t *testing.T) {
	for want, change := range map[string]func(*Trunk){
		"trunk x: country":      func(t *Trunk) { t.Rewriting.Country = "FR" },
		"trunk x: prefixes":     func(t *Trunk) { t.Rewriting.International = "+" },
		"trunk x: identity":     func(t *Trunk) { t.Shown.Assertion = "loud" },
		"trunk x: from-user":    func(t *Trunk) { t.Shown.FromUser = "a\r\nVia: b" },
		"trunk x: domain":       func(t *Trunk) { t.Domain = "a>b" },
		"register needs a user": func(t *Trunk) { t.Register = &Registration{} },
		"must be between 1m0s":  func(t *Trunk) { t.Register = &Registration{User: "u", Expires: time.Second} },
		"register needs a host": func(t *Trunk) {
			t.Host, t.InboundUsername, t.InboundPassword, t.Register = "", "u", "p", &Registration{}
		},
		"max-calls and calls-per-se": func(t *Trunk) { t.MaxCalls = -1 },
	} {
		x := Trunk{Name: "x", Host: "192.0.2.1"}
		change(&x)
		if _, err := NewTable([]Trunk{x}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := NewRule("(", ""); err == nil {
		t.Error("a broken pattern compiles")
	}
}

// FuzzRewrite asks that whatever a carrier sends stays a number that can be sent.
func FuzzRewrite(f *testing.F) {
	for _, seed := range []string{"0033155501234", "+1", "anonymous", "", "00", "x\r\ny"} {
		f.Add(seed)
	}
	r := Rewriting{Plan: Plan{Country: "33"}}
	rules := []Rule{rule(f, `^\+33(\d+)$`, "0$1"), rule(f, `(.)(.)`, "$2$1")}
	f.Fuzz(func(t *testing.T, number string) {
		for _, got := range []string{r.In(number, rules), r.Out(number, rules)} {
			if got != number && strings.ContainsFunc(got, notInNumber) && !strings.ContainsFunc(number, notInNumber) {
				t.Errorf("%q became %q", number, got)
			}
		}
	})
}
