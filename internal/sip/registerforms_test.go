package sip

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestContactsOfPhonesAreRead registers with what the RFCs permit and phones write, and
// asks for the bindings that the 200 lists.
func TestContactsOfPhonesAreRead(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		fields []siptest.Field
		want   []string // of the bindings: address and seconds
	}{
		{"without brackets", []siptest.Field{{Name: "Contact", Value: "sip:ann@10.0.0.7:5060;expires=120"}}, []string{"<sip:ann@10.0.0.7:5060>;expires=120"}},
		{"parameters of both kinds", []siptest.Field{{Name: "Contact", Value: `"Ann <desk>, 1" <sip:ann@10.0.0.7:5060;transport=udp;ob>;+sip.instance="<urn:uuid:1;2>";reg-id=1;q=0.7; expires = 120`}}, []string{`<sip:ann@10.0.0.7:5060;transport=udp;ob>;+sip.instance="<urn:uuid:1;2>";reg-id=1;expires=120`}},
		{"Expires alone", []siptest.Field{{Name: "Contact", Value: "<sip:ann@10.0.0.7>"}, {Name: "Expires", Value: " 180 "}}, []string{"<sip:ann@10.0.0.7>;expires=180"}},
		{"two in one field", []siptest.Field{{Name: "Contact", Value: "<sip:ann@10.0.0.7>;expires=120 , \"B, b\" <sip:ann@10.0.0.8>;expires=180"}}, []string{"<sip:ann@10.0.0.7>;expires=120", "<sip:ann@10.0.0.8>;expires=180"}},
		{"IPv6", []siptest.Field{{Name: "Contact", Value: "<sip:ann@[2001:db8::7]:5062;transport=tcp>;expires=120"}}, []string{"<sip:ann@[2001:db8::7]:5062;transport=tcp>;expires=120"}},
		{"escapes and a password", []siptest.Field{{Name: "Contact", Value: "<sip:a%20nn:x@10.0.0.7>;expires=120"}}, []string{"@10.0.0.7>;expires=120"}},
		{"sips", []siptest.Field{{Name: "Contact", Value: "<sips:ann@10.0.0.7:5061>;expires=120"}}, []string{"<sips:ann@10.0.0.7:5061>;expires=120"}},
		{"a folded field", []siptest.Field{{Name: "Contact", Value: "\r\n <sip:ann@10.0.0.7>\r\n\t;expires=120"}}, []string{"<sip:ann@10.0.0.7>;expires=120"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := newPhoneRig(t, nil)
			as, _ := o.user(t, "ann", "")
			phone := o.phone(t, func(c *siptest.Config) { c.User = "ann" })
			answer, err := phone.Register(within(t), as, 600, test.fields...)
			if err != nil || answer.Status() != 200 {
				t.Fatal(answer, err)
			}
			got := strings.Join(answer.All("Contact"), ", ")
			for _, binding := range test.want {
				if !strings.Contains(got, binding) {
					t.Errorf("the 200 lists %s, want %s", got, binding)
				}
			}
			if n := strings.Count(got, "expires="); n != len(test.want) {
				t.Errorf("%d bindings: %s", n, got)
			}
		})
	}
}

// TestOwnContactStandsFirst in the 200, before those of the user's other phones.
func TestOwnContactStandsFirst(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, nil)
	as, _ := o.user(t, "101", "")
	o.registered(t, as, nil)
	second := o.phone(t, func(c *siptest.Config) { c.User = "101" })
	for _, contact := range []string{"<sip:101@10.0.0.7>", "<sip:101@10.0.0.8>", "<sip:101@10.0.0.7>"} {
		answer, err := second.Register(within(t), as, 600, siptest.Field{Name: "Contact", Value: contact})
		if err != nil || answer.Status() != 200 || !strings.HasPrefix(answer.Get("Contact"), contact) || len(answer.All("Contact")) < 2 {
			t.Errorf("%s: %v, %v", contact, answer, err)
		}
	}
}

// TestPhoneRegistersWhereItIsHeard: who has a nonce from another address may have written any
// source, and calls would go there. A phone that has moved is asked once more.
func TestPhoneRegistersWhereItIsHeard(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, nil)
	as, id := o.user(t, "101", "")
	asked := o.phone(t, func(c *siptest.Config) { c.User, c.Listen = "101", "127.0.0.2:0" })
	refusal, err := asked.Request(within(t), "REGISTER", "101")
	if err != nil || refusal.Status() != 401 {
		t.Fatal(refusal, err)
	}
	signed, err := as.Sign(refusal, "REGISTER", "sip:101@x", 1)
	if err != nil {
		t.Fatal(err)
	}
	phone := o.phone(t, func(c *siptest.Config) { c.User = "101" })
	to := siptest.Field{Name: "To", Value: "<sip:101@x>"}
	answer, err := phone.Request(within(t), "REGISTER", "101", to, signed)
	if err != nil || answer.Status() != 401 || !strings.Contains(answer.Get("WWW-Authenticate"), "stale=true") {
		t.Fatal(answer, err)
	}
	if devices := o.phones.BindingsOfIdentity(id); len(devices) != 0 {
		t.Errorf("registered are %+v", devices)
	}
	if signed, err = as.Sign(answer, "REGISTER", "sip:101@x", 1); err != nil {
		t.Fatal(err)
	}
	if answer, err = phone.Request(within(t), "REGISTER", "101", to, signed); err != nil || answer.Status() != 200 {
		t.Fatal(answer, err)
	}
	if devices := o.phones.BindingsOfIdentity(id); len(devices) != 1 {
		t.Errorf("registered are %+v", devices)
	}
}
