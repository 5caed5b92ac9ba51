package sip

import (
	"testing"

	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestRequestTellsWhichTrunkOfAnAddressItIsOf has trunks that share an address: accounts at a
// provider, names of a border controller, telephone systems of one machine.
func TestRequestTellsWhichTrunkOfAnAddressItIsOf(t *testing.T) {
	t.Parallel()
	account := func(user string) func(*trunk.Trunk) {
		return func(v *trunk.Trunk) { v.Register = &trunk.Registration{User: user} }
	}
	named := func(host string) func(*trunk.Trunk) { return func(v *trunk.Trunk) { v.Domain = host } }
	called := siptest.Field{Name: "P-Called-Party-ID", Value: "<sip:+15551230002@provider.example>"}
	for _, test := range []struct {
		name          string
		first, second func(*trunk.Trunk)
		to            string
		fields        []siptest.Field
		want          string
	}{
		{"the first account", account("1001e0"), account("1001e1"), "1001e0", []siptest.Field{called}, "first"},
		{"the second account", account("1001e0"), account("1001e1"), "1001e1", []siptest.Field{called}, "second"},
		{"an account in capitals", account("front"), account("desk"), "DESK", []siptest.Field{called}, "second"},
		{"a number of no account", account("1001e0"), account("1001e1"), "+15551230002", nil, "first"},
		{"a name of a border controller", named("sbc1.example"), named("sbc2.example"), "+15551230002", []siptest.Field{{Name: "Contact", Value: "<sip:+15557770000@SBC2.example;transport=tls>"}}, "second"},
		{"a name that no trunk has", named("sbc1.example"), named("sbc2.example"), "+15551230002", []siptest.Field{{Name: "Contact", Value: "<sip:+15557770000@sbc3.example>"}}, "first"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, first := callee(t, "first", nil)
			second := first
			second.Name = "second"
			first.Username, second.Username = "a", "b"
			test.first(&first)
			test.second(&second)
			r := newRig(t, nil, first, second)
			if _, err := r.phone(t, nil).Invite(siptest.Invite{To: test.to, Fields: test.fields}); err != nil {
				t.Fatal(err)
			}
			if in := r.next(t).invitation; in.Trunk != test.want || in.To.Number() != "+15551230002" {
				t.Errorf("%s called over trunk %s, want %s", in.To, in.Trunk, test.want)
			}
		})
	}
}

// TestPortTellsWhichTrunkOfAMachineCalls has two telephone systems of one machine.
func TestPortTellsWhichTrunkOfAMachineCalls(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phones := map[string]*siptest.Phone{"one": r.phone(t, nil), "other": r.phone(t, nil)}
	var trunks []trunk.Trunk
	for name, phone := range phones {
		trunks = append(trunks, trunk.Trunk{Name: name, Host: "127.0.0.1", Port: int(addressOf(phone.Addr()).Port())})
	}
	if err := r.table.Set(trunks, nil); err != nil {
		t.Fatal(err)
	}
	for want, phone := range phones {
		if _, err := phone.Call("+15551230002"); err != nil {
			t.Fatal(err)
		}
		if in := r.next(t).invitation; in.Trunk != want {
			t.Errorf("a call of %s came over %s", want, in.Trunk)
		}
	}
}
