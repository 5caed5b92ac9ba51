package sip

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestApplicationIsToldWhoCalls asks whom the application is told of, and past whom the call came.
func TestApplicationIsToldWhoCalls(t *testing.T) {
	t.Parallel()
	field := func(name, value string) siptest.Field { return siptest.Field{Name: name, Value: value} }
	asserted := field("P-Asserted-Identity", `"Doe, Jane" <sip:+15550777@carrier.example;user=phone>, <tel:+15550778>`)
	tests := []struct {
		name                    string
		user                    string
		fields                  []siptest.Field
		from, display, diverted string
	}{
		{"From alone", "+15550100", nil, "4:+15550100", "", ""},
		{"From before what the network asserts", "+15550100", []siptest.Field{asserted}, "4:+15550100", "", ""},
		{"the network knows an anonymous caller", "anonymous", []siptest.Field{asserted}, "4:+15550777", "Doe, Jane", ""},
		{"and keeps the secret", "anonymous", []siptest.Field{asserted, field("Privacy", "id")}, "4:anonymous", "", ""},
		{"a From that wants privacy", "+15550100", []siptest.Field{field("Privacy", "critical;ID")}, "4:anonymous", "", ""},
		{"no privacy wanted", "+15550100", []siptest.Field{field("Privacy", "none")}, "4:+15550100", "", ""},
		{"diverted twice", "+15550100", []siptest.Field{field("Diversion", `<sip:+15550302@a>;reason=user-busy, <sip:+15550301@a>;reason=unconditional;counter=1`)},
			"4:+15550100", "", "4:+15550301 4:+15550302"},
		{"history", "+15550100", []siptest.Field{field("History-Info", `<sip:+15550301@a?Reason=SIP%3Bcause%3D302>;index=1, <sip:+15550302@a?Privacy=history>;index=1.1, <sip:+15551230001@b>;index=1.1.1`)},
			"4:+15550100", "", "4:+15550301 4:anonymous"},
		{"history of nothing", "+15550100", []siptest.Field{field("History-Info", `<sip:+15551230001@b>;index=1`)}, "4:+15550100", "", ""},
		{"a tel address with separators and parameters", "x", []siptest.Field{field("From", "<tel:+1-555-019-0003;noifc=term>;tag=x")}, "4:+15550190003", "", ""},
		{"a tel address without brackets", "x", []siptest.Field{field("From", "tel:+1(555)019.0003;tag=x")}, "4:+15550190003", "", ""},
		{"a tel address that the network asserts", "anonymous", []siptest.Field{field("P-Asserted-Identity", `"Desk" <TEL:+1-555-019-0003;ext=7>`)}, "4:+15550190003", "Desk", ""},
		{"a tel address of a local number", "x", []siptest.Field{field("From", "<tel:70-42;phone-context=example.com>;tag=x")}, "4:7042", "", ""},
		{"a sip address of a local number", "x", []siptest.Field{field("From", "<sip:7042;Phone-Context=+1555@h;user=phone>;tag=x")}, "4:7042", "", ""},
		{"a tel address without plus sign or context", "x", []siptest.Field{field("From", "<tel:15550190003>;tag=x")}, "4:+15550190003", "", ""},
		{"tel addresses in Diversion", "+15550100", []siptest.Field{field("Diversion", "<tel:+1-555-0302>;reason=user-busy, <tel:7042;phone-context=a.example>;reason=unknown")},
			"4:+15550100", "", "4:7042 4:+15550302"},
		{"tel addresses in History-Info", "+15550100", []siptest.Field{field("History-Info", "<tel:+1-555-0301>;index=1, <tel:+1-555-123-0001>;index=1.1")},
			"4:+15550100", "", "4:+15550301"},
		{"a tel address in To", "+15550100", []siptest.Field{field("To", "<tel:+1-555-123-0001>")}, "4:+15550100", "", ""},
		{"nonsense", "+15550100", []siptest.Field{field("Diversion", `<<,">`), field("P-Asserted-Identity", `,,<sip:`)}, "4:+15550100", "", "4:anonymous"},
	}
	r := newRig(t, nil)
	for _, test := range tests {
		phone := r.phone(t, func(c *siptest.Config) { c.User = test.user })
		if _, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: test.fields}); err != nil {
			t.Fatal(err)
		}
		in := r.next(t).invitation
		var past []string
		for _, id := range in.Diverted {
			past = append(past, id.Raw())
		}
		if test.name == "nonsense" {
			past, test.diverted = nil, "" // whatever it is, it did no harm
		}
		if in.From.Raw() != test.from || in.DisplayName != test.display || strings.Join(past, " ") != test.diverted {
			t.Errorf("%s: from %s %q past %v; want %s %q %q", test.name, in.From.Raw(), in.DisplayName, past, test.from, test.display, test.diverted)
		}
	}
}

// TestLoopsEnd asks for 482 where an INVITE of ours comes back, as we wrote the number for
// its trunk, and that hops count down over calls that are sent on.
func TestLoopsEnd(t *testing.T) {
	t.Parallel()
	for prefix, called := range map[string]string{"+": "+15557770000", "00": "0015557770000"} {
		phone, via := callee(t, "carrier", nil)
		rule, err := trunk.NewRule(`^\+`, prefix)
		if err != nil {
			t.Fatal(err)
		}
		via.Rewriting.CalledOut = []trunk.Rule{rule}
		r := newRig(t, nil, via)
		out := newTestLeg(call.Invitation{From: header.Anonymous, To: mustPhone(t, "+15557770000"), Hops: 8})
		if _, err := r.Dial(t.Context(), out.invitation, out.report); err != nil {
			t.Fatal(err)
		}
		invite := next(t, phone).Invite
		if invite.Get("Max-Forwards") != "7" {
			t.Errorf("Max-Forwards is %q, want 7", invite.Get("Max-Forwards"))
		}
		back := r.phone(t, nil)
		for user, want := range map[string]bool{called: true, "+15551230001": false} {
			made, err := back.Invite(siptest.Invite{To: user, Fields: []siptest.Field{{Name: "via", Value: invite.Get("Via")}}})
			if err != nil {
				t.Fatal(err)
			}
			if !want {
				if in := r.next(t).invitation; in.Hops != 70 {
					t.Errorf("hops are %d", in.Hops)
				}
				continue
			}
			if err := made.WaitEnded(within(t)); err != nil || made.Last().Status() != 482 {
				t.Errorf("%s came back: %v %v", user, err, made.Last())
			}
		}
		out.invitation.Hops = 1
		if _, err := r.Dial(t.Context(), out.invitation, out.report); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("the last hop dials: %v", err)
		}
	}
}

// TestOtherMethodsAreRefusedPolitely asks for 405 and what is allowed, outside
// of calls and inside, and a call that goes on.
func TestOtherMethodsAreRefusedPolitely(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, taken := r.connect(t, phone)
	for _, method := range []string{"MESSAGE", "SUBSCRIBE", "PUBLISH"} {
		outside, err := phone.RequestWith(within(t), method, "+15551230001", []byte("hello"))
		if err != nil || outside.Status() != 405 || !strings.Contains(outside.Get("Allow"), "INVITE") {
			t.Errorf("%s outside: %v %v", method, err, outside)
		}
		inside, err := made.Request(within(t), method, []byte("hello"))
		if err != nil || inside.Status() != 405 || !strings.Contains(inside.Get("Allow"), "INVITE") {
			t.Errorf("%s inside: %v %v", method, err, inside)
		}
	}
	if len(taken.news) != 0 {
		t.Errorf("reported %+v", <-taken.news)
	}
}
