package sip

import (
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// rulesOf are rules of who may call whom over trunks and routes.
func rulesOf(t *testing.T, trunks []trunk.Trunk, routes []trunk.Route) *permit.Rules {
	t.Helper()
	table, err := trunk.NewTable(trunks, routes)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := permit.New(permit.Config{Numbers: nobodys{}, Trunks: table})
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// american are rules whose only trunk is one of North America.
func american(t *testing.T) (*permit.Rules, trunk.Trunk) {
	t.Helper()
	via := trunk.Trunk{Name: "far", Host: "192.0.2.1", Rewriting: trunk.Rewriting{Plan: trunk.Plan{Country: "1"}}}
	rules := rulesOf(t, []trunk.Trunk{via}, nil)
	return rules, via
}

// TestPhoneTransfersToWhatItDials: what a user's telephone writes into Refer-To means what it
// means in its INVITE, the names of other telephones and national numbers included.
func TestPhoneTransfersToWhatItDials(t *testing.T) {
	t.Parallel()
	rules, via := american(t)
	o := newPhoneRig(t, func(c *Config) { c.Permit = rules }, via)
	as, _ := o.user(t, "101", "+15550100001")
	_, ben := o.user(t, "102", "")
	_, eve := o.user(t, "eve", "")
	phone := o.registered(t, as, nil)
	made, err := phone.CallAs(within(t), as, siptest.Invite{To: "+15551230001"})
	if err != nil {
		t.Fatal(err)
	}
	taken := o.next(t)
	taken.Answer()
	if err := made.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Answered](t, taken)
	for to, want := range map[string]string{
		"sip:102@x": ben.Raw(), "sip:eve@x": eve.Raw(), "sip:102@x;user=phone": ben.Raw(),
		"sip:" + header.Escape(ben.Raw()) + "@x": ben.Raw(), "sip:5550001234@x": "4:+15550001234", "sip:+15550001234@x": "4:+15550001234",
		"tel:555-000-1234;phone-context=+1": "4:+15550001234",
	} {
		if answer := hands(t, made, referTo("<"+to+">")); answer.Status() != 202 {
			t.Fatalf("%s: got %s", to, answer.Start)
		}
		wanted := expect[call.TransferWanted](t, taken)
		if wanted.To.Raw() != want {
			t.Errorf("%s: transferred to %s, want %s", to, wanted.To, want)
		}
		wanted.Tell(call.Referral{Outcome: call.ReferralFailed, Reason: call.Reason{Kind: call.Busy}})
	}
}

// TestTrunkTransfersInItsOwnNumbering: Refer-To has a number as the trunk writes called ones.
func TestTrunkTransfersInItsOwnNumbering(t *testing.T) {
	t.Parallel()
	via := acceptingRefer(trunk.AcceptAny)
	via.Rewriting = trunk.Rewriting{Plan: trunk.Plan{Country: "49"}, CalledIn: rewriting(t, "^9#", "")}
	r := newRig(t, nil, via)
	made, taken := r.connect(t, r.phone(t, nil))
	if answer := hands(t, made, referTo("<sip:9%23030123456@x>")); answer.Status() != 202 {
		t.Fatalf("got %s", answer.Start)
	}
	if want := expect[call.TransferWanted](t, taken); want.To != mustPhone(t, "+4930123456") {
		t.Errorf("transferred to %s", want.To)
	}
}

// TestPhoneForwardsItsCall: the Contact of a 3xx that a user's telephone answers with is told,
// the preferred one of several; what names nobody is a refusal alone.
func TestPhoneForwardsItsCall(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, nil)
	as, id := o.user(t, "101", "+15550100001")
	_, ben := o.user(t, "102", "")
	phone := o.registered(t, as, nil)
	for _, test := range []struct {
		name, want string // "": nobody
		status     int
		contacts   string
	}{
		{"to a colleague", ben.Raw(), 302, "<sip:102@x>"},
		{"to a number", "4:+15551230001", 301, `"Mobile" <sip:+1-555-123-0001@x;user=phone>;expires=60`},
		{"the preferred", ben.Raw(), 300, "<sip:+15551230001@x>;q=0.4, <sip:102@x>;q=0.9, <tel:+15551230002>;q=0.1"},
		{"the first of equals", "4:+15551230002", 302, "<sip:bob%20b@x>, <sip:+15551230002@x>, <sip:102@x>;q=1.0"},
		{"to nobody", "", 302, "<sip:bob%20b@x>"},
		{"without a Contact", "", 302, ""},
		{"another refusal", "", 380, "<sip:102@x>"},
		{"busy", "", 486, "<sip:102@x>"},
	} {
		p := o.ring(t, call.Invitation{From: identifier.NewUser(testResource), To: id})
		var fields []siptest.Field
		if test.contacts != "" {
			fields = append(fields, siptest.Field{Name: "Contact", Value: test.contacts})
		}
		next(t, phone).Reject(test.status, "Elsewhere", fields...)
		if test.want != "" {
			if want := expect[call.ForwardWanted](t, p); want.To.Raw() != test.want || want.CallerID != mustPhone(t, "+15550100001") {
				t.Errorf("%s: %+v", test.name, want)
			}
		}
		if why := expect[call.Ended](t, p).Reason; why.SIP.Code != test.status {
			t.Errorf("%s: ended by %+v", test.name, why)
		}
	}
}

// TestCallerHearsThatTheCalleeIsElsewhere where a 3xx is not followed: 480, not a fault of ours.
func TestCallerHearsThatTheCalleeIsElsewhere(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, err := r.phone(t, nil).Call("+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	r.next(t).End(call.Reason{Kind: call.Failed, SIP: call.Status{Code: 302, Phrase: "Moved Temporarily"}})
	if err := made.WaitEnded(within(t)); err != nil || made.Final().Status() != 480 {
		t.Errorf("%v, %v", err, made.Final())
	}
}
