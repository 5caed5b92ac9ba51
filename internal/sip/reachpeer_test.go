package sip

import (
	"slices"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

const nameWithoutAddress = "Contact: <sip:callee@inside.example>\r\n"

// TestCalleeWhoseNameHasNoAddressIsReachedWhereItWasHeard has a Contact with a name that the
// name service does not know: ACK, the ACK of a repeated answer, and BYE arrive.
func TestCalleeWhoseNameHasNoAddressIsReachedWhereItWasHeard(t *testing.T) {
	t.Parallel()
	callee, via := newScriptedCallee(t)
	r := newRig(t, func(c *Config) { c.Resolver = &zone{} }, via)
	made := r.dial(t, "+15557770000")
	invite := callee.request(t, "INVITE")
	callee.respond(t, invite, "200 OK", "a", nameWithoutAddress, tortureSDP)
	if ack := callee.request(t, "ACK"); !strings.HasPrefix(ack, "ACK sip:callee@inside.example ") {
		t.Errorf("the ACK is %s", ack)
	}
	expect[call.Answered](t, made)
	callee.log = nil // the ACK is the same again
	callee.respond(t, invite, "200 OK", "a", nameWithoutAddress, tortureSDP)
	callee.request(t, "ACK")
	callee.respond(t, invite, "200 OK", "b", nameWithoutAddress, tortureSDP) // a fork that answers as well
	bye := callee.request(t, "BYE")
	if !strings.HasSuffix(fieldOf(bye, "To"), ";tag=b") {
		t.Errorf("the second branch gets %s", bye)
	}
	callee.respond(t, bye, "200 OK", "", "", "")
	isAcknowledged := func(text string) bool {
		return strings.HasPrefix(text, "ACK ") && strings.HasSuffix(fieldOf(text, "To"), ";tag=b")
	}
	for !slices.ContainsFunc(callee.log, isAcknowledged) { // its name is looked up beside that of the BYE
		callee.request(t, "ACK")
	}
	made.End(call.Reason{Kind: call.EndedByApplication})
	callee.respond(t, callee.request(t, "BYE"), "200 OK", "", "", "")
	expect[call.Ended](t, made)
}

// TestCallerWhoseNameHasNoAddressIsReachedWhereItWasHeard asks for the BYE of a call to us.
func TestCallerWhoseNameHasNoAddressIsReachedWhereItWasHeard(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Resolver = &zone{} })
	made, err := r.phone(t, nil).Invite(siptest.Invite{To: "+15550100001", Fields: []siptest.Field{{Name: "Contact", Value: "<sip:caller@inside.example>"}}})
	if err != nil {
		t.Fatal(err)
	}
	p := r.next(t)
	p.Answer()
	expect[call.Answered](t, p)
	p.End(call.Reason{Kind: call.EndedByApplication})
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Ended](t, p)
}
