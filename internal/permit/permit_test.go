package permit

import (
	"slices"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/fault"
)

// TestCallerIDs asks which numbers a call may show.
func TestCallerIDs(t *testing.T) {
	tests := []struct {
		name, from, to string
		forwarded      bool
		want           string // in the error; "" is none
	}{
		{"a number of ours", "+15550100001", "+33155501234", false, ""},
		{"a number of ours that only takes calls", "+15550100002", "+33155501234", false, "cannot make calls"},
		{"that, where any is shown", "+15550100002", "+15551230001", false, "cannot make calls"},
		{"a stranger's", "+15559999999", "+33155501234", false, "not a number of this resource"},
		{"a stranger's, where one trunk shows any", "+15559999999", "+15551230001", false, ""},
		{"a stranger's, to a number of ours", "+15559999999", "+15550100001", false, ""}, // an application is tried so
		{"one that the trunk names", "+441234567890", "+441111111111", false, ""},
		{"one that the trunk does not name", "+441234567899", "+441111111111", false, "nor one of +441234567890"},
		{"a caller who is passed on", "+15559999999", "+33155501234", true, ""},
		{"no route: whoever dials says so", "+15559999999", "+4930123456", false, ""},
		{"one of ours calls another", "+15559999999", "+15550100001", false, ""},
		{"withheld", "anonymous", "+33155501234", false, "not a number"},
		{"an emergency", "+15559999999", "112", false, ""},
	}
	r := rules(t)
	for _, test := range tests {
		err := r.CallerID(Request{From: phone(test.from), To: phone(test.to), Forwarded: test.forwarded})
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
		if err != nil && !CallerIDRefused(err) {
			t.Errorf("%s: %v has another code", test.name, err)
		}
	}
}

// TestOverriddenCallerIDIsTheOneThatCounts asks that the route's number is judged.
func TestOverriddenCallerIDIsTheOneThatCounts(t *testing.T) {
	r := rules(t)
	r.override = func(number string) string {
		if number == "+33155501234" {
			return "+15550100001"
		}
		return ""
	}
	for number, want := range map[string]bool{"+33155501234": true, "+33155501235": false} {
		if err := r.CallerID(Request{From: phone("+15559999999"), To: phone(number)}); (err == nil) != want {
			t.Errorf("%s: %v", number, err)
		}
	}
}

// TestNumbersThatTakeNoCalls asks for the inbound capability.
func TestNumbersThatTakeNoCalls(t *testing.T) {
	r := rules(t)
	for number, want := range map[string]bool{"+15550100001": true, "+15550100002": true, "+15550100003": false, "+1999": true} {
		if err := r.Inbound(number); (err == nil) != want || err != nil && !fault.Is(err, fault.KindNotFound) {
			t.Errorf("Takes(%s) = %v", number, err)
		}
	}
}

// TestGuardsDeny asks which numbers a deny list catches, however they are written.
func TestGuardsDeny(t *testing.T) {
	r := rules(t,
		Guard{Name: "premium", Prefixes: []string{"+979", "+1900"}, Deny: true},
		Guard{Name: "islands", Prefixes: []string{"+1876"}, Except: []string{"+1876555"}, Deny: true},
		Guard{Name: "secondary stays home", By: []string{SecondaryKey}, Except: []string{"+33"}, Deny: true},
		Guard{Name: "tokens", By: []string{Tokens}, Prefixes: []string{"+44"}, Deny: true},
		Guard{Name: "one", By: []string{"8:acs:r_u"}, Prefixes: []string{"+44"}, Deny: true},
	)
	tests := []struct{ by, number, rule string }{
		{PrimaryKey, "+979123456", "premium"}, {PrimaryKey, "00979123456", "premium"}, {PrimaryKey, "011979123456", "premium"},
		{PrimaryKey, "979123456", "premium"}, {PrimaryKey, "+00979123456", "premium"}, {PrimaryKey, "9791", ""},
		{PrimaryKey, "+19005550100", "premium"}, {PrimaryKey, "+18765550100", ""}, {PrimaryKey, "+18764440100", "islands"},
		{SecondaryKey, "+441234567890", "secondary stays home"}, {SecondaryKey, "+33155501234", ""},
		{"token:app", "+441234567890", "tokens"}, {"8:acs:r_u", "+441234567890", "one"}, {"8:acs:r_v", "+441234567890", ""},
		{"", "+441234567890", ""},
	}
	for _, test := range tests {
		release, err := allow(r, Request{By: test.by, From: phone("+15550100001"), To: phone(test.number)})
		if (err == nil) != (test.rule == "") || err != nil && (!fault.Is(err, fault.KindForbidden) || !strings.Contains(err.Error(), test.rule)) {
			t.Errorf("%s to %s: got %v, want %q", test.by, test.number, err, test.rule)
		}
		if err == nil {
			release()
		}
	}
	if n := r.Refused()["premium"]; n != 6 {
		t.Errorf("premium refused %d", n)
	}
}

// TestGuardsHoldForPhonesOfWhomTheyName: who issues a phone's credential gains
// nothing by it, whether a guard denies or counts.
func TestGuardsHoldForPhonesOfWhomTheyName(t *testing.T) {
	r := rules(t, Guard{Name: "stays home", By: []string{SecondaryKey}, Prefixes: []string{"+44"}, Deny: true},
		Guard{Name: "few", By: []string{SecondaryKey}, Concurrent: 1, Each: true})
	of := func(issuer, number string) Request {
		return Request{By: "8:acs:r_" + issuer, IssuedBy: issuer, From: phone("+15550100001"), To: phone(number)}
	}
	if _, err := allow(r, of(SecondaryKey, "+441234567890")); err == nil {
		t.Error("a phone of the secondary key passes its guard")
	}
	if _, err := allow(r, of(PrimaryKey, "+441234567890")); err != nil {
		t.Errorf("a phone of the primary key: %v", err)
	}
	release, err := allow(r, of(SecondaryKey, "+33155501234"))
	if err != nil {
		t.Fatal(err)
	}
	own := to("+33155501234")
	own.By = SecondaryKey
	if _, err := allow(r, own); err == nil {
		t.Error("calls of the phone and of its issuer are counted apart")
	}
	release()
	if _, err := allow(r, own); err != nil {
		t.Errorf("after the phone's call: %v", err)
	}
}

// TestEmergencyCallsPassGuards asks that only a guard that names the number stops it.
func TestEmergencyCallsPassGuards(t *testing.T) {
	r := rules(t, Guard{Name: "home", Except: []string{"+33"}, Deny: true}, Guard{Name: "busy", Concurrent: 1})
	for range 3 {
		if _, err := allow(r, to("112")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := allow(r, to("+979123456")); err == nil {
		t.Error("the guard is no guard at all")
	}
	named := rules(t, Guard{Name: "tests", Prefixes: []string{"112"}, Deny: true})
	if _, err := allow(named, to("112")); err == nil {
		t.Error("a guard that names the number is not obeyed")
	}
	strict, _ := r.trunks.Route("112")
	for range strict[0].MaxCalls + 2 {
		if _, err := r.AdmitOutbound(strict[0], to("112")); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEmergencyCallsNeedNoRoute asks that a table of routes which forgets an emergency number does
// not stop the call, and that others stay refused.
func TestEmergencyCallsNeedNoRoute(t *testing.T) {
	r := rules(t)
	for number, want := range map[string]int{"112": 1, "911": 3, "+911": 3, "912": 0} {
		if trunks, _ := r.Route(number); len(trunks) != want {
			t.Errorf("%s: %d trunks", number, len(trunks))
		}
	}
	if j := r.Explain(to("911")); !j.Emergency || j.Refusal != "" || len(j.Trunks) != 3 {
		t.Errorf("explained as %+v", j)
	}
}

// TestGuardsOfTrunks asks that a guard closes its trunk alone, and that a call
// which no trunk takes is refused at once.
func TestGuardsOfTrunks(t *testing.T) {
	r := rules(t, Guard{Name: "cheap", Trunks: []string{"Strict"}, Prefixes: []string{"+1", "+33"}, Deny: true},
		Guard{Name: "thin", Trunks: []string{"some"}, Concurrent: 1})
	if _, err := allow(r, to("+33155501234")); err == nil || !strings.Contains(err.Error(), "cheap") {
		t.Errorf("the only trunk is closed: %v", err)
	}
	if _, err := allow(r, to("+15551230001")); err != nil {
		t.Errorf("other trunks are open: %v", err)
	}
	list, _ := r.trunks.Route("+15551230001")
	var took []string
	var last func()
	for range 2 {
		for _, through := range list {
			if off, err := r.AdmitOutbound(through, to("+15551230001")); err == nil {
				took, last = append(took, through.Name), off
			}
		}
	}
	if !slices.Equal(took, []string{"open", "some", "open"}) {
		t.Errorf("went through %v", took)
	}
	last()
	if load := r.Load("strict"); !strings.Contains(load.Refused, "cheap") {
		t.Errorf("load is %+v", load)
	}
}

// TestBadGuardsAreRefused asks for sentences.
func TestBadGuardsAreRefused(t *testing.T) {
	for want, g := range map[string]Guard{
		"needs a name": {Deny: true}, "needs either": {Name: "g"}, "either deny": {Name: "g", Deny: true, PerMinute: 1},
		"not the beginning": {Name: "g", Deny: true, Prefixes: []string{"33x"}}, "by contains": {Name: "g", Deny: true, By: []string{"bob"}},
		"between 1": {Name: "g", PerMinute: -1}, "each applies to": {Name: "g", Deny: true, Each: true},
	} {
		if err := g.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q", g, err, want)
		}
	}
}
