package sip

import (
	"context"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

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

// TestSilentNameServerHoldsUpNoACK asks how long a request waits for its peer's name, where the
// peer was heard.
func TestSilentNameServerHoldsUpNoACK(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		names := &zone{}
		names.silent.Store(true)
		s := &Server{log: slog.New(slog.DiscardHandler), locator: newLocator(names)}
		request := sip.NewRequest(sip.ACK, sip.Uri{Scheme: "sip", Host: "inside.example"})
		request.SetTransport("UDP")
		request.SetDestination("inside.example:5060")
		ctx, cancel := context.WithTimeout(t.Context(), dialTimeout)
		defer cancel()
		began, heard := time.Now(), netip.MustParseAddrPort("192.0.2.7:5060")
		to, err := s.reachPeer(ctx, nil, request, heard)
		if took := time.Since(began); err != nil || to.Address != heard || took > nameTime {
			t.Errorf("reached at %v after %s: %v", to.Address, took, err)
		}
	})
}
