package callautomation

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
)

// TestReasonsBecomeCodes is the table of what applications see at a call's end.
func TestReasonsBecomeCodes(t *testing.T) {
	sip := func(code int) call.Status { return call.Status{Code: code, Phrase: "x"} }
	cases := []struct {
		name          string
		why           call.Reason
		code, subCode int
	}{
		{"who ended it", call.Reason{Kind: call.EndedByApplication}, 200, 7000},
		{"the other application", call.Reason{Kind: call.EndedByPeer}, 200, 5001},
		{"rejected by an application", call.Reason{Kind: call.Declined, ByApplication: true}, 200, 5002},
		{"removed", call.Reason{Kind: call.Removed}, 200, 5300},
		{"who removed the other end", call.Reason{Kind: call.EndedByPeer, ByApplication: true}, 200, 5002},
		{"the last one left", call.Reason{Kind: call.EndedByPeer, Alone: true}, 200, 5010},
		{"the last one left by a user", call.Reason{Kind: call.EndedByPeer, Phone: true, Client: true, Alone: true}, 200, 5010},
		{"the last one left by a phone", call.Reason{Kind: call.EndedByPeer, Phone: true, Alone: true}, 200, 560000},
		{"who left the last one", call.Reason{Kind: call.EndedByApplication, Alone: true}, 200, 7000},
		{"the called phone hung up", call.Reason{Kind: call.EndedByPeer, Phone: true}, 200, 560000},
		{"the calling phone hung up", call.Reason{Kind: call.EndedByPeer, Phone: true, Inbound: true}, 200, 540000},
		{"busy phone", call.Reason{Kind: call.Busy, Phone: true, SIP: sip(486)}, 486, 560486},
		{"declined by phone", call.Reason{Kind: call.Declined, Phone: true, SIP: sip(603)}, 603, 560603},
		{"phone says no answer", call.Reason{Kind: call.NoAnswer, Phone: true, SIP: sip(480)}, 480, 560480},
		{"we gave up ringing", call.Reason{Kind: call.NoAnswer, Phone: true, SIP: sip(487)}, 487, 10004},
		{"busy telephone of a user", call.Reason{Kind: call.Busy, Phone: true, Client: true, SIP: sip(486)}, 486, 8539},
		{"declined by a user", call.Reason{Kind: call.Declined, Phone: true, Client: true, SIP: sip(603)}, 603, 8538},
		{"a user's telephone is off", call.Reason{Kind: call.NoAnswer, Phone: true, Client: true, SIP: sip(480)}, 487, 10004},
		{"a user hung up", call.Reason{Kind: call.EndedByPeer, Phone: true, Client: true}, 200, 5001},
		{"no application answered", call.Reason{Kind: call.NoAnswer}, 487, 10004},
		{"no route", call.Reason{Kind: call.NotFound, Phone: true}, 404, 511532},
		{"no reply", call.Reason{Kind: call.Unreachable, Phone: true, SIP: sip(408)}, 408, 560408},
		{"no connection", call.Reason{Kind: call.Unreachable, Phone: true}, 503, 8544},
		{"sound lost", call.Reason{Kind: call.MediaLost, Phone: true}, 410, 301005},
		{"server went down", call.Reason{Kind: call.ServerStopped}, 500, 9001},
		{"anything else", call.Reason{Kind: call.Failed}, 500, 9999},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if r := ended(c.why); r.Code != c.code || r.SubCode != c.subCode {
				t.Errorf("got %d/%d, want %d/%d (%s)", r.Code, r.SubCode, c.code, c.subCode, r.Message)
			}
		})
	}
}

func TestEndedCallsHaveTheServicesWords(t *testing.T) {
	cases := map[string]call.Reason{
		"Call was ended by Azure Communication Service Call Automation API or a server bot. DiagCode: 0#7000.@":     {Kind: call.EndedByApplication},
		"This conversation has ended.. DiagCode: 0#5001.@":                                                          {Kind: call.EndedByPeer},
		"The conversation has ended. DiagCode: 0#5002.@":                                                            {Kind: call.Busy, ByApplication: true},
		"This conversation has ended as only one participant was remaining in the conversation. DiagCode: 0#5010.@": {Kind: call.EndedByPeer, Alone: true},
	}
	for want, why := range cases {
		if got := ended(why).Message; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWireDetailsAreNewestOnly(t *testing.T) {
	r := ended(call.Reason{Kind: call.Busy, SIP: call.Status{Code: 486}, Q850: call.Cause{Value: 17}})
	if newest := r.in("2026-03-12"); newest.SIP == nil || newest.SIP.Code != 486 || newest.Q850.Code != 17 {
		t.Errorf("2026-03-12 has %+v", newest)
	}
	if older := r.in("2025-06-15"); older.SIP != nil || older.Q850 != nil {
		t.Errorf("2025-06-15 has %+v", older)
	}
}

// TestUnsentPromptSaysSo: in a play and in a recognition.
func TestUnsentPromptSaysSo(t *testing.T) {
	const says = "No packet of the prompt could be sent to anybody who was to hear it."
	if r := unplayable(call.ErrUnsent); r.Code != 500 || r.SubCode != 9999 || !strings.HasSuffix(r.Message, says) {
		t.Errorf("a play ends with %+v", r)
	}
	o, _ := describe(call.RecognizeFailed{By: call.PromptFailed, Cause: call.ErrUnsent})
	if o.result.SubCode != 8511 || !strings.HasSuffix(o.result.Message, says) {
		t.Errorf("a recognition ends with %+v", o.result)
	}
}
