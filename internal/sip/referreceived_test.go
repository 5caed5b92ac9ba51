package sip

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// acceptingRefer is the local trunk with a permission for REFER.
func acceptingRefer(what trunk.AcceptRefer) trunk.Trunk {
	return trunk.Trunk{Name: "local", Host: "127.0.0.1", Sources: loopback, AcceptRefer: what}
}

// hands sends REFER in a call and returns the answer.
func hands(t *testing.T, made *siptest.Call, fields ...siptest.Field) *siptest.Message {
	t.Helper()
	answer, err := made.Request(within(t), "REFER", nil, fields...)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func referTo(value string) siptest.Field { return siptest.Field{Name: "Refer-To", Value: value} }

// notified returns what the phone was told by NOTIFY: status lines and states.
func notified(phone *siptest.Phone) (list []string) {
	for _, m := range once(phone, isRequest("NOTIFY", false)) {
		state, _, _ := strings.Cut(m.Get("Subscription-State"), ";")
		line, _, _ := strings.Cut(string(m.Body), "\r\n")
		list = append(list, m.Get("Event")+" "+state+" "+line)
	}
	return list
}

func waitNotified(t *testing.T, phone *siptest.Phone, want ...string) {
	t.Helper()
	eventually(t, func() bool { return len(notified(phone)) >= len(want) })
	if got := notified(phone); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// TestPhoneIsToldOfItsTransfer: 202, the NOTIFYs in their order, and the BYE last.
func TestPhoneIsToldOfItsTransfer(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, acceptingRefer(trunk.AcceptAny))
	phone := r.phone(t, nil)
	made, taken := r.connect(t, phone)
	answer := hands(t, made, referTo(`"New <desk>" <sip:+1-555-777-0000@pbx.example;user=phone?X-MS-Custom-Case=a%20b&Subject=x>`))
	if answer.Status() != 202 || answer.Get("Contact") == "" {
		t.Fatalf("answer is %s", answer.Start)
	}
	want := expect[call.TransferWanted](t, taken)
	if want.To != mustPhone(t, "+15557770000") || want.Free || want.Other != nil || len(want.SIPHeaders) != 1 || want.SIPHeaders["X-MS-Custom-Case"] != "a b" {
		t.Errorf("wanted is %+v", want)
	}
	if second := hands(t, made, referTo("<sip:+15557770001@x>")); second.Status() != 491 {
		t.Errorf("a second one meanwhile got %s", second.Start)
	}
	want.Tell(call.Referral{Outcome: call.ReferralRinging})
	want.Tell(call.Referral{Outcome: call.ReferralAnswered})
	taken.End(call.Reason{Kind: call.EndedByPeer})
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	told := notified(phone)
	if len(told) < 2 || told[0] != "refer active SIP/2.0 100 Trying" || told[len(told)-1] != "refer terminated SIP/2.0 200 OK" {
		t.Errorf("told %q", told)
	}
	log := phone.Log()
	bye := slices.IndexFunc(log, isRequest("BYE", false))
	last := slices.IndexFunc(log, func(e siptest.Entry) bool {
		return strings.Contains(string(e.Message.Body), "200 OK") && e.Message.IsRequest()
	})
	if bye < last || last < 0 {
		t.Errorf("the BYE (%d) came before the last NOTIFY (%d)", bye, last)
	}
}

// TestFailedTransferIsTold with the status that it failed with, and the phone may
// ask again.
func TestFailedTransferIsTold(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, acceptingRefer(trunk.AcceptOwned))
	phone := r.phone(t, nil)
	made, taken := r.connect(t, phone)
	for _, test := range []struct {
		news call.Referral
		line string
	}{
		{call.Referral{Outcome: call.ReferralFailed, Reason: call.Reason{Kind: call.Busy, SIP: call.Status{Code: 486, Phrase: "Busy Here"}}}, "SIP/2.0 486 Busy Here"},
		{call.Referral{Outcome: call.ReferralFailed, Reason: call.Reason{Kind: call.Forbidden}}, "SIP/2.0 403 Forbidden"},
		{call.Referral{Outcome: call.ReferralDeclined, Reason: call.Reason{Kind: call.Declined}}, "SIP/2.0 603 Decline"},
	} {
		if answer := hands(t, made, referTo("<sip:8%3Aacs%3A11111111-2222-4333-8444-555555555555_00000001-0000-0000-0000-000000000002@x>")); answer.Status() != 202 {
			t.Fatalf("answer is %s", answer.Start)
		}
		want := expect[call.TransferWanted](t, taken)
		if !want.Free || !strings.HasPrefix(want.To.Raw(), "8:acs:") {
			t.Errorf("wanted is %+v", want)
		}
		want.Tell(test.news)
		eventually(t, func() bool { return strings.HasSuffix(strings.Join(notified(phone), "|"), "terminated "+test.line) })
		want.Tell(call.Referral{Outcome: call.ReferralAnswered}) // too late
	}
	told := notified(phone)
	if len(told) != 6 || !strings.HasPrefix(told[2], "refer;id=") || strings.HasPrefix(told[1], "refer;id=") {
		t.Errorf("told %q", told)
	}
	made.Tone(600, 4000) // and the call is whole
	eventually(t, func() bool { return taken.loud.Load() > 10 })
}

// TestPhoneThatWantsNoNotifyGetsNone: a phone that wants no NOTIFY gets none (RFC 4488).
func TestPhoneThatWantsNoNotifyGetsNone(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, acceptingRefer(trunk.AcceptAny))
	phone := r.phone(t, nil)
	made, taken := r.connect(t, phone)
	answer := hands(t, made, referTo("<tel:+15557770000>"), siptest.Field{Name: "Refer-Sub", Value: "false"}, siptest.Field{Name: "Require", Value: "norefersub"})
	if answer.Status() != 202 || answer.Get("Refer-Sub") != "false" {
		t.Fatalf("answer is %s, Refer-Sub %q", answer.Start, answer.Get("Refer-Sub"))
	}
	expect[call.TransferWanted](t, taken).Tell(call.Referral{Outcome: call.ReferralAnswered})
	taken.End(call.Reason{Kind: call.EndedByPeer})
	if err := made.WaitEnded(within(t)); err != nil || len(notified(phone)) != 0 {
		t.Errorf("%v, told %q", err, notified(phone))
	}
}

// TestPhoneThatDoesNotListenIsStillHungUpOn, whatever it does to a NOTIFY.
func TestPhoneThatDoesNotListenIsStillHungUpOn(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"refuses": 481, "is silent": -1} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, nil, acceptingRefer(trunk.AcceptAny))
			phone := r.phone(t, nil)
			made, taken := r.connect(t, phone)
			phone.Answering(func(m *siptest.Message) int {
				if m.Method() == "NOTIFY" {
					return status
				}
				return 0
			})
			hands(t, made, referTo("<sip:+15557770000@x>"))
			want := expect[call.TransferWanted](t, taken)
			want.Tell(call.Referral{Outcome: call.ReferralAnswered})
			taken.End(call.Reason{Kind: call.EndedByPeer})
			if err := made.WaitEnded(within(t)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestTransfersThatAreRefused before anybody is asked, by statuses that are about the REFER alone: a
// phone that hears 404, 416 or 481 hangs up (RFC 3261 §12.2.1.2, RFC 5057 §5.1).
func TestTransfersThatAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, acceptingRefer(trunk.AcceptAny))
	phone := r.phone(t, nil)
	made, taken := r.connect(t, phone)
	for _, test := range []struct {
		name   string
		fields []siptest.Field
		want   int
	}{
		{"without Refer-To", nil, 400},
		{"an open bracket", []siptest.Field{referTo("<sip:+15557770000@x")}, 400},
		{"nothing", []siptest.Field{referTo("<>")}, 400},
		{"broken escapes", []siptest.Field{referTo("<sip:+15557770000@x?A=%zz>")}, 400},
		{"broken Replaces", []siptest.Field{referTo("<sip:+15557770000@x?Replaces=abc>")}, 400},
		{"two", []siptest.Field{referTo("<sip:+15557770000@x>"), {Name: "r", Value: "<sip:+15557770001@x>"}}, 400},
		{"another method", []siptest.Field{referTo("<sip:+15557770000@x;method=BYE>")}, 603},
		{"another scheme", []siptest.Field{referTo("<https://example.com/>")}, 603},
		{"a name", []siptest.Field{referTo("<sip:bob%20b@x>")}, 603},
		{"Replaces of nothing", []siptest.Field{referTo("<sip:+15557770000@x?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>")}, 603},
		{"Replaces of itself", []siptest.Field{referTo("<sip:x@x?Replaces=" + header.Escape(made.ID+";to-tag="+made.Final().Tag("To")+";from-tag="+made.Invite.Tag("From")) + ">")}, 603},
		{"an unknown extension", []siptest.Field{referTo("<sip:+15557770000@x>"), {Name: "Require", Value: "nosub"}}, 420},
	} {
		if answer := hands(t, made, test.fields...); answer.Status() != test.want {
			t.Errorf("%s: got %s, want %d", test.name, answer.Start, test.want)
		}
	}
	if len(taken.news) != 0 {
		t.Errorf("reported %+v", <-taken.news)
	}
	if answer, err := phone.Request(within(t), "REFER", "+15551230001", referTo("<sip:+15557770000@x>")); err != nil || answer.Status() != 403 {
		t.Errorf("outside of calls: %v %v", answer, err)
	}
	if answer := hands(t, made, referTo("<sip:+15557770000@x>")); answer.Status() != 202 {
		t.Errorf("after all of them: %s", answer.Start)
	}
}

// TestOnlyPermittedTrunksTransfer: by default REFER is refused and not offered.
func TestOnlyPermittedTrunksTransfer(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, taken := r.connect(t, phone)
	if answer := hands(t, made, referTo("<sip:+15557770000@x>")); answer.Status() != 403 || !strings.Contains(answer.Get("Warning"), "accept-refer") {
		t.Errorf("got %s, %s", answer.Start, answer.Get("Warning"))
	}
	if len(taken.news) != 0 || strings.Contains(made.Final().Get("Allow"), "REFER") {
		t.Errorf("%d reports, Allow is %s", len(taken.news), made.Final().Get("Allow"))
	}
	if answer, err := phone.Request(within(t), "REFER", "+15551230001", referTo("<sip:+15557770000@x>")); err != nil || answer.Status() != 405 {
		t.Errorf("outside of calls: %v %v", answer, err)
	}
	permitted := newRig(t, nil, acceptingRefer(trunk.AcceptOwned))
	if answer, err := permitted.phone(t, nil).Request(within(t), "OPTIONS", "x"); err != nil || !strings.Contains(answer.Get("Allow"), "REFER") {
		t.Errorf("a permitted trunk's Allow is %v %v", answer, err)
	}
}

// replacesOf is the header of a Refer-To that names a call of the phone's.
func replacesOf(made *siptest.Call) siptest.Field {
	value := made.ID + ";to-tag=" + made.Final().Tag("To") + ";from-tag=" + made.Invite.Tag("From")
	return referTo("<sip:+15551230002@x?Replaces=" + header.Escape(value) + ">")
}

// TestAttendedTransferNamesTheOtherLeg of the same phone.
func TestAttendedTransferNamesTheOtherLeg(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, acceptingRefer(trunk.AcceptOwned))
	phone := r.phone(t, nil)
	first, one := r.connect(t, phone)
	second, two := r.connect(t, phone)
	if answer := hands(t, first, replacesOf(second)); answer.Status() != 202 {
		t.Fatalf("answer is %s", answer.Start)
	}
	want := expect[call.TransferWanted](t, one)
	if want.Other == nil || !want.Other(call.HoldChanged{Held: true}) {
		t.Fatal("the other leg cannot be told")
	}
	if !expect[call.HoldChanged](t, two).Held {
		t.Error("another leg was told")
	}
	if err := second.Hangup(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Ended](t, two)
	if want.Other(call.HoldChanged{}) {
		t.Error("a leg that is over says that it was told")
	}
	want.Tell(call.Referral{Outcome: call.ReferralFailed, Reason: call.Reason{Kind: call.NotFound}})
	waitNotified(t, phone, "refer active SIP/2.0 100 Trying", "refer terminated SIP/2.0 404 Not Found")
}

// TestTransferToWhomThePhoneStillCalls: the phone has not waited for the answer of its second
// call, which ends, and whom it called is called for the one who is transferred.
func TestTransferToWhomThePhoneStillCalls(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, acceptingRefer(trunk.AcceptAny))
	phone := r.phone(t, nil)
	first, one := r.connect(t, phone)
	second, err := phone.Call("+15551230002")
	if err != nil {
		t.Fatal(err)
	}
	two := r.next(t)
	two.Ring()
	if err := second.WaitRinging(within(t)); err != nil {
		t.Fatal(err)
	}
	ringing := once(phone, isStatus("INVITE", 180, false))
	value := second.ID + ";to-tag=" + ringing[len(ringing)-1].Tag("To") + ";from-tag=" + second.Invite.Tag("From")
	if answer := hands(t, first, referTo("<sip:+15551230002@x?Replaces="+header.Escape(value)+">")); answer.Status() != 202 {
		t.Fatalf("answer is %s", answer.Start)
	}
	if want := expect[call.TransferWanted](t, one); want.Other != nil || want.To != mustPhone(t, "+15551230002") {
		t.Errorf("wanted is %+v", want)
	}
	if why := expect[call.Ended](t, two).Reason; why.Kind != call.Canceled {
		t.Errorf("the second call ended: %+v", why)
	}
	if err := second.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
}

// TestStrangersLegsCannotBeTaken: another trunk's call, or one that still rings.
func TestStrangersLegsCannotBeTaken(t *testing.T) {
	t.Parallel()
	other := trunk.Trunk{Name: "other", Host: "127.0.0.7", Sources: []netip.Prefix{netip.MustParsePrefix("127.0.0.7/32")}}
	r := newRig(t, nil, acceptingRefer(trunk.AcceptAny), other)
	phone := r.phone(t, nil)
	made, taken := r.connect(t, phone)
	elsewhere, _ := r.connect(t, r.phone(t, func(c *siptest.Config) { c.Listen = "127.0.0.7:0" }))
	if answer := hands(t, made, replacesOf(elsewhere)); answer.Status() != 603 {
		t.Errorf("another trunk's call: %s", answer.Start)
	}
	if len(taken.news) != 0 {
		t.Errorf("reported %+v", <-taken.news)
	}
	if answer := hands(t, made, referTo("<sip:+15557770000@x>")); answer.Status() != 202 {
		t.Errorf("after that: %s", answer.Start)
	}
}

// TestReferDoesNotAttest: what applications read of the network's word on a caller is not to be
// written by who transfers the call.
func TestReferDoesNotAttest(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.AttestationHeader = "X-MS-Custom-Attestation" }, acceptingRefer(trunk.AcceptAny))
	made, taken := r.connect(t, r.phone(t, nil))
	answer := hands(t, made, referTo(`<sip:+15557770000@x?X-MS-Custom-ATTESTATION=unverified%3B%20attest%3DA&X-MS-Custom-Case=7>`))
	if answer.Status() != 202 {
		t.Fatalf("answer is %s", answer.Start)
	}
	want := expect[call.TransferWanted](t, taken)
	if len(want.SIPHeaders) != 1 || want.SIPHeaders["X-MS-Custom-Case"] != "7" {
		t.Errorf("headers are %v", want.SIPHeaders)
	}
	want.Tell(call.Referral{Outcome: call.ReferralFailed})
}
