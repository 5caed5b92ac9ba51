package sip

import (
	"testing"

	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestPhonesDialNationalNumbers asks what digits without a plus sign mean, with and
// without a country of the trunks.
func TestPhonesDialNationalNumbers(t *testing.T) {
	for _, test := range []struct{ country, dialled, want string }{
		{"1", "5550001234", "+15550001234"},
		{"1", "(555) 000-1234", "+15550001234"},
		{"1", "15550001234", "+15550001234"},
		{"1", "011442071234567", "+442071234567"},
		{"", "15550001234", "+15550001234"},
		{"", "5550001234", "+5550001234"},
		{"1", "112", ""},
		{"1", "101", ""},
		{"1", "+15550001234", ""},
		{"1", "alice", ""},
	} {
		table, err := trunk.NewTable([]trunk.Trunk{{Name: "a", Host: "192.0.2.1", Rewriting: trunk.Rewriting{Plan: trunk.Plan{Country: test.country}}}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		rules, err := permit.New(permit.Config{Numbers: nobodys{}, Trunks: table})
		if err != nil {
			t.Fatal(err)
		}
		s := &Server{cfg: Config{Permit: rules}}
		number, ok := s.dialled(test.dialled)
		if ok != (test.want != "") || ok && number.Number() != test.want {
			t.Errorf("%s with country %q: %s, want %s", test.dialled, test.country, number.Number(), test.want)
		}
	}
}
