package e2e

import (
	"strings"
	"testing"
	"time"
)

// rings waits for the IncomingCall of somebody.
func (a *agent) rings(who string) envelope {
	a.t.Helper()
	return a.wait("IncomingCall for "+who, func(e event) bool {
		return e.Event == "grid" && e.kind() == "IncomingCall" && e.data().To.RawID == who
	}).Raw[0]
}

// user makes an identity and returns its raw id.
func (a *agent) user() string {
	a.t.Helper()
	var made struct{ CommunicationUserID string }
	a.do("createUser", nil, &made)
	return made.CommunicationUserID
}

// TestRedirectAddAndTransferRingIdentities: each of the three raises an
// IncomingCall for its target, who answers.
func TestRedirectAddAndTransferRingIdentities(t *testing.T) {
	t.Parallel()
	a, phone := stage(t)
	redirected, added, transferred := a.user(), a.user(), a.user()

	near := dial(t, phone)
	a.do("redirect", values{"context": a.rings(callee).Data.IncomingCallContext, "target": redirected}, nil)
	in := a.rings(redirected)
	if in.Data.From.RawID != caller {
		t.Errorf("the redirected call is from %s", in.Data.From.RawID)
	}
	c := a.answer(in)
	must(t, near.WaitAnswered(within(t, 5*time.Second)))
	c.roster(2)

	c.do("add", values{"target": added, "operationContext": "add"}, nil)
	other := a.answer(a.rings(added))
	if joined := c.gotFor("add", "AddParticipantSucceeded"); joined.Participant.RawID != added {
		t.Errorf("AddParticipantSucceeded is about %q", joined.Participant.RawID)
	}
	other.got("CallConnected")
	c.roster(3)
	c.do("hangUp", values{"forEveryone": true}, nil)
	c.ended()
	other.ended()
	must(t, near.WaitEnded(within(t, 5*time.Second)))

	again, err := newPhoneAs(a.product, "+15550199002").Call(ourNumber)
	must(t, err)
	c = a.answer(a.incomingCall("4:+15550199002"))
	must(t, again.WaitAnswered(within(t, 5*time.Second)))
	c.got("ParticipantsUpdated")
	c.do("transfer", values{"target": transferred, "operationContext": "transfer"}, nil)
	in = a.rings(transferred)
	if in.Data.From.RawID != "4:+15550199002" {
		t.Errorf("the transferred call is from %s", in.Data.From.RawID)
	}
	last := a.answer(in)
	if accepted := c.gotFor("transfer", "CallTransferAccepted"); accepted.TransferTarget.RawID != transferred {
		t.Errorf("CallTransferAccepted is %+v", accepted)
	}
	c.ended()
	last.got("CallConnected")
	must(t, again.Hangup(within(t, 5*time.Second)))
	last.ended()
}

// TestNumberIsAssignedToAnIdentity is the example of the documentation: an
// application maps +14255551212 to an identity by redirecting. With a filter on
// the number it hears of the call once; without, once more for the identity,
// and would redirect for ever if it looked at nothing.
func TestNumberIsAssignedToAnIdentity(t *testing.T) {
	t.Parallel()
	const number = "+14255551212"
	p := start(t, setup{config: "numbers: ['" + number + "']"})
	router, everything := startAgent(p, application{}), startAgent(p, application{})
	p.subscribe("router", router.url+"/events", "--advanced-filter", "data.to.PhoneNumber.Value", "StringBeginsWith", number,
		"--max-delivery-attempts", "2", "--event-ttl", "1")
	p.subscribe("everything", everything.url+"/events")
	resource, _, _ := strings.Cut(everything.user(), "_")
	identity := resource + "_375f0e2f-e8db-4449-9bf7-2054b02e42b4"

	call, err := newPhone(p).Call(number)
	must(t, err)
	router.do("redirect", values{"context": router.rings("4:" + number).Data.IncomingCallContext, "target": identity}, nil)
	everything.rings("4:" + number)
	c := everything.answer(everything.rings(identity))
	must(t, call.WaitAnswered(within(t, 5*time.Second)))
	c.got("CallConnected")
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()

	incoming := func(e event) bool { return e.kind() == "IncomingCall" }
	if with, without := len(router.all(incoming)), len(everything.all(incoming)); with != 1 || without != 2 {
		t.Errorf("%d events with the filter, %d without", with, without)
	}
}

// TestApplicationThatRedirectsWhateverItHearsOfIsStopped is the loop that the
// documentation warns of: without a filter, the application hears of the call for
// the identity as well, and redirects that one too. After ten times the call ends,
// its caller hears why, and the record says so.
func TestApplicationThatRedirectsWhateverItHearsOfIsStopped(t *testing.T) {
	t.Parallel()
	a, phone := stage(t)
	identity := a.user()
	call := dial(t, phone)
	for redirects := range 10 {
		a.do("redirect", values{"context": a.nextIncoming(redirects).Data.IncomingCallContext, "target": identity}, nil)
	}
	err := a.try("redirect", values{"context": a.nextIncoming(10).Data.IncomingCallContext, "target": identity}, nil)
	if err == nil || !strings.Contains(err.Error(), "400 8585") || !strings.Contains(err.Error(), "loop") {
		t.Errorf("the eleventh redirect gets %v", err)
	}
	must(t, call.WaitEnded(within(t, 5*time.Second)))
	if final := call.Final(); final == nil || final.Status() != 482 {
		t.Errorf("the caller hears %v", final)
	}
	eventually(t, 5*time.Second, "a record of the loop", func() bool {
		records, err := a.product.run("calls", "--json")
		return err == nil && strings.Contains(records, "redirected 10 times: a loop")
	})
}
