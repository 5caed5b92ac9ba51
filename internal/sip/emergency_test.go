package sip

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestEmergencyNumbersComeBeforeColleagues asks whom a telephone calls that dials a number of an
// emergency service, where a colleague's telephone has the same name.
func TestEmergencyNumbersComeBeforeColleagues(t *testing.T) {
	t.Parallel()
	table, err := trunk.NewTable(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := permit.New(permit.Config{Numbers: nobodys{}, Trunks: table, Emergency: []string{"17", "112"}})
	if err != nil {
		t.Fatal(err)
	}
	o := newPhoneRig(t, func(c *Config) { c.Permit = rules })
	as, _ := o.user(t, "101", "")
	o.user(t, "17", "")
	phone := o.registered(t, as, nil)
	for dialled, want := range map[string]string{"17": "17", "112": "112", "+112": "112", "1-1-2": "112"} {
		if _, err := phone.CallAs(within(t), as, siptest.Invite{To: dialled}); err != nil {
			t.Fatal(err)
		}
		if to := o.next(t).invitation.To; to.Number() != want {
			t.Errorf("%s calls %s", dialled, to)
		}
	}
}

// TestEmergencyCallTriesEveryTrunk asks that the refusal of one trunk does not end the call, nor
// a table of routes that forgets the number, and that the service sees who calls.
func TestEmergencyCallTriesEveryTrunk(t *testing.T) {
	t.Parallel()
	first, viaFirst := callee(t, "first", nil)
	second, viaSecond := callee(t, "second", nil)
	viaSecond.Shown.Private = true
	trunks := []trunk.Trunk{viaFirst, viaSecond}
	rules := rulesOf(t, trunks, []trunk.Route{{Name: "abroad", Pattern: `^\+`, Trunks: []string{"first"}}})
	r := newRig(t, func(c *Config) { c.Permit = rules }, trunks...)
	for _, dialled := range []string{"112", "+112"} {
		made := newTestLeg(call.Invitation{From: mustPhone(t, "+15550100001"), To: mustPhone(t, dialled), Withheld: true})
		leg, err := r.Dial(t.Context(), made.invitation, made.report)
		if err != nil {
			t.Fatal(err)
		}
		made.is(leg)
		next(t, first).Reject(403, "No Emergency Calls")
		taken := next(t, second)
		if uri, from := taken.Invite.URI(), taken.Invite.Get("From"); !strings.HasPrefix(uri, "sip:112@") || !strings.Contains(from, "sip:+15550100001@") {
			t.Errorf("the second trunk is asked for %s, from %s", uri, from)
		}
		taken.Reject(486, "Busy Here")
		if why := expect[call.Ended](t, made).Reason; why.SIP.Code != 486 {
			t.Errorf("reason is %+v", why)
		}
	}
}

// TestEmergencyCallGoesOverAnInactiveTrunk that answers no OPTIONS, where the others refuse it.
func TestEmergencyCallGoesOverAnInactiveTrunk(t *testing.T) {
	t.Parallel()
	first, viaFirst := callee(t, "first", nil)
	second, viaSecond := callee(t, "second", nil)
	first.Lose(func(e siptest.Entry) bool { return !e.Sent && e.Message.Method() == "OPTIONS" })
	viaFirst.Ping = 50 * time.Millisecond
	trunks := []trunk.Trunk{viaFirst, viaSecond}
	rules := rulesOf(t, trunks, nil)
	r := newRig(t, func(c *Config) { c.Permit = rules }, trunks...)
	eventually(t, func() bool { h, _ := r.Health("first"); return h.State == Inactive })
	made := r.dial(t, "112")
	next(t, second).Reject(403, "No Emergency Calls")
	next(t, first).Answer()
	expect[call.Answered](t, made)
	made.End(call.Reason{})
	expect[call.Ended](t, made)
}

// TestOverloadedServerTakesEmergencyCallsOverStreams however their number is written.
func TestOverloadedServerTakesEmergencyCallsOverStreams(t *testing.T) {
	t.Parallel()
	rules := rulesOf(t, nil, nil)
	r, strain := strained(t, func(c *Config) { c.Permit = rules })
	strain()
	for n, uri := range []string{"sip:112@127.0.0.1", "sip:112;phone-context=x@127.0.0.1", "tel:112"} {
		conn := dialled(t, func() (net.Conn, error) { return net.Dial("tcp", r.Addr().String()) })
		_, rest, _ := strings.Cut(request("INVITE", n, "", offer()), " SIP/2.0")
		fmt.Fprint(conn, "INVITE "+uri+" SIP/2.0"+strings.Replace(rest, "SIP/2.0/UDP", "SIP/2.0/TCP", 1))
		answer := make([]byte, 4096)
		if read, err := conn.Read(answer); err != nil || strings.HasPrefix(string(answer[:read]), "SIP/2.0 503 ") {
			t.Errorf("%s: %v\n%s", uri, err, answer[:read])
		}
	}
}
