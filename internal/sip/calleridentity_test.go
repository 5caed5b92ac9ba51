package sip

import (
	"fmt"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

func rewriting(t *testing.T, match, replace string) []trunk.Rule {
	t.Helper()
	rule, err := trunk.NewRule(match, replace)
	if err != nil {
		t.Fatal(err)
	}
	return []trunk.Rule{rule}
}

// TestCallerIsShownAsTheTrunkWants asks for From, the assertion and Privacy under
// every setting.
func TestCallerIsShownAsTheTrunkWants(t *testing.T) {
	t.Parallel()
	const number = "<sip:+15550009999@127.0.0.1>"
	tests := []struct {
		name                               string
		shown                              trunk.Shown
		from, asserted, preferred, privacy string
	}{
		{"default", trunk.Shown{}, "<sip:+15550009999@127.0.0.1>", number, "", ""},
		{"preferred", trunk.Shown{Assertion: trunk.Preferred}, "<sip:+15550009999@127.0.0.1>", "", number, ""},
		{"none", trunk.Shown{Assertion: trunk.None}, "<sip:+15550009999@127.0.0.1>", "", "", ""},
		{"account", trunk.Shown{FromUser: "account", FromDomain: "provider.example"}, "<sip:account@provider.example>", "<sip:+15550009999@provider.example>", "", ""},
		{"private", trunk.Shown{Private: true}, `"Anonymous" <sip:anonymous@anonymous.invalid>`, number, "", "id"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			phone, via := callee(t, "carrier", nil)
			via.Shown = test.shown
			r := newRig(t, nil, via)
			r.dial(t, "+15557770000")
			got := next(t, phone).Invite
			if from := got.Get("From"); !strings.Contains(from, test.from) {
				t.Errorf("From is %q", from)
			}
			for name, want := range map[string]string{"P-Asserted-Identity": test.asserted, "P-Preferred-Identity": test.preferred, "Privacy": test.privacy} {
				if value := got.Get(name); (value == "") != (want == "") || !strings.Contains(value, want) {
					t.Errorf("%s is %q, want %q", name, value, want)
				}
			}
		})
	}
}

// TestNumbersAreWrittenAsTheTrunkWants asks for both numbers of a call that goes out.
func TestNumbersAreWrittenAsTheTrunkWants(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	via.Rewriting.CalledOut = rewriting(t, `^\+1`, "")
	via.Rewriting.CallingOut = rewriting(t, `^\+`, "00")
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	if uri := taken.Invite.URI(); !strings.HasPrefix(uri, "sip:5557770000@") {
		t.Errorf("Request-URI is %q", uri)
	}
	if from := taken.Invite.Get("From"); !strings.Contains(from, "sip:0015550009999@") {
		t.Errorf("From is %q", from)
	}
	taken.Answer()
	expect[call.Answered](t, made)
}

// TestNumbersThatComeInBecomeE164 asks for the callee, the caller and who diverted.
func TestNumbersThatComeInBecomeE164(t *testing.T) {
	t.Parallel()
	via := trunk.Trunk{Name: "carrier", Host: "127.0.0.1", Sources: loopback}
	via.Rewriting.Plan = trunk.Plan{Country: "33"}
	via.Rewriting.CalledIn = rewriting(t, "^777", "")
	r := newRig(t, nil, via)
	phone := r.phone(t, func(c *siptest.Config) { c.User = "0044123456789" })
	if _, err := phone.Invite(siptest.Invite{To: "7770155501234", Fields: []siptest.Field{{Name: "Diversion", Value: "<sip:0155509999@carrier.example>"}}}); err != nil {
		t.Fatal(err)
	}
	in := r.next(t).invitation
	if in.To.Number() != "+33155501234" || in.From.Number() != "+44123456789" || len(in.Diverted) != 1 || in.Diverted[0].Number() != "+33155509999" {
		t.Errorf("got %+v", in)
	}
}

// TestOutboundProxyCarriesTheCall asks that addresses have the domain, while the
// proxy is on the way.
func TestOutboundProxyCarriesTheCall(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	via.Domain = "provider.example"
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	if uri := taken.Invite.URI(); uri != "sip:+15557770000@provider.example;user=phone" {
		t.Errorf("Request-URI is %q", uri)
	}
	if route := taken.Invite.Get("Route"); route != "<sip:"+phone.Addr().String()+";lr>" {
		t.Errorf("Route is %q", route)
	}
	taken.Answer()
	expect[call.Answered](t, made)
	made.End(call.Reason{Kind: call.EndedByApplication})
	if err := taken.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
}

// TestCarrierIsToldWhomACallWasFor asks what a call that is passed on says of its way: a
// redirected one, a transferred one, and one whose caller is hidden.
func TestCarrierIsToldWhomACallWasFor(t *testing.T) {
	t.Parallel()
	ours, user := mustPhone(t, "+15550100001"), identifier.NewUser(testResource)
	const redirected = "<sip:0015550100001@127.0.0.1;user=phone?Reason=SIP%3Bcause%3D302>;index=1, <sip:+15557770000@127.0.0.1:PORT;user=phone>;index=1.1"
	for _, test := range []struct {
		name, diversion, history string
		isPrivate                bool
		in                       call.Invitation
	}{
		{"called by an application", "", "", false, call.Invitation{}},
		{"redirected", "<sip:0015550100001@127.0.0.1;user=phone>;reason=unconditional", redirected, false, call.Invitation{Diverted: []identifier.ID{ours}}},
		{"transferred", "<sip:0015550100001@127.0.0.1;user=phone>;reason=unconditional", "", false, call.Invitation{Diverted: []identifier.ID{ours}, Forwarded: true}},
		{"hidden", "<sip:0015550100001@127.0.0.1;user=phone>;reason=unconditional;privacy=full", "", true, call.Invitation{Diverted: []identifier.ID{ours}}},
		{"redirected by a user and by somebody unknown", "", "", false, call.Invitation{Diverted: []identifier.ID{user, header.Anonymous}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			phone, via := callee(t, "carrier", nil)
			via.Rewriting.CallingOut, via.Shown.Private = rewriting(t, `^\+`, "00"), test.isPrivate
			r := newRig(t, nil, via)
			test.in.From, test.in.To = mustPhone(t, "+15550009999"), mustPhone(t, "+15557770000")
			p := newTestLeg(test.in)
			leg, err := r.Dial(t.Context(), test.in, p.report)
			if err != nil {
				t.Fatal(err)
			}
			p.is(leg)
			invite := next(t, phone).Invite
			if got := invite.Get("Diversion"); got != test.diversion {
				t.Errorf("Diversion is %q, want %q", got, test.diversion)
			}
			if got := strings.ReplaceAll(invite.Get("History-Info"), fmt.Sprint(":", via.Port), ":PORT"); got != test.history {
				t.Errorf("History-Info is %q, want %q", got, test.history)
			}
			leg.End(call.Reason{})
			expect[call.Ended](t, p)
		})
	}
}

// TestPhonesShowNoNameToCarriers asks that a carrier hears the display name that an
// application gives, and none that a user's phone has chosen.
func TestPhonesShowNoNameToCarriers(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	for by, want := range map[string]bool{"primary": true, identifier.NewUser(testResource).Raw(): false} {
		p := newTestLeg(call.Invitation{From: mustPhone(t, "+15550009999"), To: mustPhone(t, "+15557770000"), DisplayName: "Your Bank", By: by})
		leg, err := r.Dial(t.Context(), p.invitation, p.report)
		if err != nil {
			t.Fatal(err)
		}
		p.is(leg)
		taken := next(t, phone)
		if got := taken.Invite.Get("From") + taken.Invite.Get("P-Asserted-Identity"); strings.Contains(got, "Your Bank") != want {
			t.Errorf("asked by %s: %s", by, got)
		}
		leg.End(call.Reason{})
		expect[call.Ended](t, p)
	}
}
