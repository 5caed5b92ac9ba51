package sip

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestRequestsInsideACallInOtherForms asks that what a call may hear of its phone is read
// in the forms that the RFCs permit: compact, folded, with blanks and in any case.
func TestRequestsInsideACallInOtherForms(t *testing.T) {
	t.Parallel()
	f := func(name, value string) siptest.Field { return siptest.Field{Name: name, Value: value} }
	r := newRig(t, nil, acceptingRefer(trunk.AcceptAny))
	made, taken := r.connect(t, r.phone(t, nil))
	t.Run("keys", func(t *testing.T) {
		for _, test := range []struct {
			kind siptest.Field
			body string
			want call.Tone
		}{
			{f("c", "Application/DTMF-Relay;charset=utf-8"), "SIGNAL = 7 \r\nDURATION=100", '7'},
			{f("Content-Type", "application / dtmf-relay"), "Duration=100\nSignal=*\n", '*'},
			{f("content-type", "application/dtmf"), " # \r\n", '#'},
		} {
			response, err := made.Request(within(t), "INFO", []byte(test.body), test.kind)
			if err != nil || response.Status() != 200 {
				t.Fatalf("%q: %v %v", test.body, response, err)
			}
			if got := expect[call.ToneHeard](t, taken).Tone; got != test.want {
				t.Errorf("%q is %c", test.body, got)
			}
		}
	})
	t.Run("UPDATE", func(t *testing.T) {
		response, err := made.Request(within(t), "UPDATE", made.Describe("sendonly"), f("c", "application/sdp"), f("k", "timer"), f("x", "1800 ; refresher = uac"))
		if err != nil || response.Status() != 200 || response.Get("Session-Expires") != "1800;refresher=uac" || !strings.Contains(string(response.Body), "a=recvonly") {
			t.Fatal(response, err)
		}
		expect[call.HoldChanged](t, taken)
		if err := made.Unhold(within(t)); err != nil {
			t.Fatal(err)
		}
		expect[call.HoldChanged](t, taken)
	})
	t.Run("REFER", func(t *testing.T) {
		for n, to := range []siptest.Field{
			f("r", "<sip:+15557770000@pbx.example;user=phone>"), f("Refer-To", "\r\n  \"A <b>, c\"  <sip:+1-555-777-0000@[2001:db8::1]:5060>;x=y"),
			f("REFER-TO", "tel:+1-555-777-0000"), f("r", "sips:+15557770000@pbx.example"),
		} {
			response, err := made.Request(within(t), "REFER", nil, to, f("b", "<sip:ann@pbx.example>"))
			if err != nil || response.Status() != 202 {
				t.Fatalf("%q: %v %v", to, response, err)
			}
			want := expect[call.TransferWanted](t, taken)
			if want.To.Number() != "+15557770000" {
				t.Errorf("%q leads to %s", to, want.To)
			}
			want.Tell(call.Referral{Outcome: call.ReferralFailed, Reason: call.Reason{Kind: call.Busy}})
			eventually(t, func() bool { // or the next one would be refused
				return distinct(made.Phone(), func(e siptest.Entry) bool {
					return isRequest("NOTIFY", false)(e) && strings.HasPrefix(e.Message.Get("Subscription-State"), "terminated")
				}) == n+1
			})
		}
	})
	t.Run("extensions", func(t *testing.T) {
		for value, want := range map[string]int{" Timer ,\r\n 100REL,": 200, "timer, x-y": 420, "": 200} {
			response, err := made.Request(within(t), "OPTIONS", nil, f("Require", value))
			if err != nil || response.Status() != want || want == 420 && response.Get("Unsupported") != "x-y" {
				t.Errorf("Require: %q got %v %v", value, response, err)
			}
		}
	})
	t.Run("BYE", func(t *testing.T) {
		if err := made.Hangup(within(t), f("Reason", "SIP ;cause = 200 ;text=\"a, b; c\" , Q.850\r\n ; cause=31")); err != nil {
			t.Fatal(err)
		}
		if why := expect[call.Ended](t, taken).Reason; why.SIP.Code != 200 || why.SIP.Phrase != "a, b; c" || why.Q850.Value != 31 {
			t.Errorf("the reason is %+v", why)
		}
	})
}
