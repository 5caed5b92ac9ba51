package e2e

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// handed is what an application hands to whom it calls, in the SDK's shape.
var handed = []values{
	{"kind": "sipuui", "key": "", "value": "56a390;encoding=hex"},
	{"kind": "sipx", "key": "order", "value": "42"},
	{"kind": "sipx", "key": "line", "value": "7", "sipHeaderPrefix": "X-"},
	{"kind": "voip", "key": "customVoipHeader1", "value": "customVoipHeaderValue1"},
}

// takes lets the far phone answer the next call, and looks at what it was handed.
func takes(t *testing.T, phone *siptest.Phone) *siptest.Call {
	t.Helper()
	call, err := phone.Next(within(t, 5*time.Second))
	must(t, err)
	for name, want := range map[string]string{"User-To-User": "56a390;encoding=hex", "X-MS-Custom-order": "42", "X-line": "7", "customVoipHeader1": ""} {
		if got := call.Invite.Get(name); got != want {
			t.Errorf("the phone was handed %s: %q, want %q", name, got, want)
		}
	}
	must(t, call.Answer())
	return call
}

// rungWith waits for an identity's IncomingCall and looks at its context.
func rungWith(a *agent, who string) envelope {
	a.t.Helper()
	incoming := a.rings(who)
	given := incoming.Data.CustomContext
	if given == nil || given.VoIPHeaders["customVoipHeader1"] != "customVoipHeaderValue1" || given.SIPHeaders["User-To-User"] != "56a390;encoding=hex" {
		a.t.Errorf("the identity was handed %+v", given)
	}
	return incoming
}

// TestWhatApplicationsHandOverArrives: custom calling context of add and transfer,
// at phones as SIP headers and at identities in IncomingCall; who is redirected
// keeps it. The JavaScript SDK drops that of createCall and redirectCall.
func TestWhatApplicationsHandOverArrives(t *testing.T) {
	t.Parallel()
	a, c, near, farPhone := controlStage(t)
	first, second := a.user(), a.user()
	with := func(target, context string) values {
		return values{"target": target, "callerNumber": ourNumber, "operationContext": context, "headers": handed}
	}

	c.do("add", with(far, "add"), nil)
	added := takes(t, farPhone)
	c.gotFor("add", "AddParticipantSucceeded")
	c.do("transfer", values{"target": first, "transferee": far, "operationContext": "transfer", "headers": handed}, nil)
	a.do("redirect", values{"context": rungWith(a, first).Data.IncomingCallContext, "target": second}, nil)
	callee := a.answer(rungWith(a, second))
	callee.got("CallConnected")
	c.gotFor("transfer", "CallTransferAccepted")
	must(t, added.Hangup(within(t, 5*time.Second)))

	must(t, near.Hangup(within(t, 5*time.Second)))
	c.ended()
}
