package sip

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestPhoneReachesAnEmergencyService asks which number of a service the network is asked for:
// the digits that were dialled.
func TestPhoneReachesAnEmergencyService(t *testing.T) {
	t.Parallel()
	carrier, via := callee(t, "carrier", nil)
	o := newPhoneRig(t, nil, via)
	as, id := o.user(t, "101", "+15550100001")
	phone := o.registered(t, as, nil)
	if _, err := phone.CallAs(within(t), as, siptest.Invite{To: "112"}); err != nil {
		t.Fatal(err)
	}
	called := o.next(t).invitation.To
	made := newTestLeg(call.Invitation{From: mustPhone(t, "+15550100001"), To: called, By: id.Raw()})
	leg, err := o.Dial(t.Context(), made.invitation, made.report)
	if err != nil {
		t.Fatal(err)
	}
	made.is(leg)
	if uri := next(t, carrier).Invite.URI(); !strings.HasPrefix(uri, "sip:112@") {
		t.Errorf("the carrier is asked for %s", uri)
	}
	leg.End(call.Reason{})
	expect[call.Ended](t, made)
}

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
		{"1", "112", "112"},
		{"", "112", "112"},
		{"33", "3949", "3949"},
		{"1", "5550001", "5550001"},
		{"1", "+112", ""},
		{"1", "+15550001234", ""},
		{"1", "alice", ""},
	} {
		rules := rulesOf(t, []trunk.Trunk{{Name: "a", Host: "192.0.2.1", Rewriting: trunk.Rewriting{Plan: trunk.Plan{Country: test.country}}}}, nil)
		s := &Server{cfg: Config{Permit: rules}}
		number, ok := s.dialled(test.dialled)
		if ok != (test.want != "") || ok && number.Number() != test.want {
			t.Errorf("%s with country %q: %s, want %s", test.dialled, test.country, number.Number(), test.want)
		}
	}
}
