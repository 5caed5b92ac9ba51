package permit

import (
	"testing"

	"github.com/switchhook/switchhook/internal/fault"
)

// TestOneApplicationCannotTakeAllCalls asks that each key and each token has a limit of its
// own, that the end of a call makes room, and that emergency calls pass.
func TestOneApplicationCannotTakeAllCalls(t *testing.T) {
	r := rules(t, Guard{Name: "premium", Prefixes: []string{"+1900"}, Deny: true})
	r.perApplication = 2
	reserve := func(by, number string) (func(), error) {
		q := to(number)
		q.By = by
		return r.Reserve(q)
	}
	first, err := reserve(PrimaryKey, "+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reserve(PrimaryKey, "+19005551234"); !fault.Is(err, fault.KindForbidden) {
		t.Errorf("a denied number: %v", err)
	}
	if _, err := reserve(PrimaryKey, "+15551230001"); err != nil {
		t.Errorf("a refused call took a place: %v", err)
	}
	if _, err := reserve(PrimaryKey, "+15551230001"); !fault.Is(err, fault.KindThrottled) {
		t.Errorf("a third call: %v", err)
	}
	if n := r.Refused()[rulePerApplication]; n != 1 {
		t.Errorf("%d refusals are counted", n)
	}
	for _, other := range []struct{ by, number string }{
		{SecondaryKey, "+15551230001"}, {TokenAsker + "app", "+15551230001"}, {"8:acs:user", "+15551230001"}, {PrimaryKey, "112"},
	} {
		if _, err := reserve(other.by, other.number); err != nil {
			t.Errorf("%s calls %s: %v", other.by, other.number, err)
		}
	}
	first()
	if _, err := reserve(PrimaryKey, "+15551230001"); err != nil {
		t.Errorf("after one has ended: %v", err)
	}
}
