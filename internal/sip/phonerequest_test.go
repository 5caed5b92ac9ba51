package sip

import (
	"errors"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// ring calls the only telephone of a user.
func (o *phoneRig) ring(t *testing.T, in call.Invitation) *testLeg {
	t.Helper()
	devices := o.phones.BindingsOfIdentity(in.To)
	if len(devices) != 1 {
		t.Fatalf("registered are %+v", devices)
	}
	in.Device = devices[0].ID
	p := newTestLeg(in)
	leg, err := o.Dial(t.Context(), in, p.report)
	if err != nil {
		t.Fatal(err)
	}
	p.is(leg)
	return p
}

// TestRegisteredPhoneIsCalledWhereItWasHeard asks for calls to phones whose
// Contact is an address that only their own network knows.
func TestRegisteredPhoneIsCalledWhereItWasHeard(t *testing.T) {
	t.Parallel()
	server, client := certificates(t)
	for _, transport := range []string{"udp", "tcp", "tls", "ws"} {
		t.Run(transport, func(t *testing.T) {
			o := newPhoneRig(t, func(c *Config) { c.ListenTLS, c.TLS = "127.0.0.1:0", server })
			as, id := o.user(t, "101", "")
			other, otherID := o.user(t, "ben", "")
			phone := o.phone(t, func(c *siptest.Config) {
				c.User, c.Transport, c.TLS = "101", transport, client
				switch transport {
				case "tls":
					c.Server = o.TLSAddr().String()
				case "ws":
					c.Server = httpServer(t, o.rig, false).Listener.Addr().String()
				}
			})
			answer, err := phone.Register(within(t), as, 600, siptest.Field{Name: "Contact", Value: "<sip:line7@203.0.113.9:5062>"})
			if err != nil || answer.Status() != 200 {
				t.Fatal(answer, err)
			}
			p := o.ring(t, call.Invitation{From: otherID, To: id, DisplayName: "Ben"})
			rung := next(t, phone)
			if !strings.HasPrefix(rung.Invite.Start, "INVITE sip:line7@203.0.113.9:5062 ") || !strings.HasPrefix(rung.Invite.Get("From"), `"Ben" <sip:`+other.UserName+"@") {
				t.Errorf("got %s\nFrom %s", rung.Invite.Start, rung.Invite.Get("From"))
			}
			rung.Ring()
			expect[call.Ringing](t, p)
			rung.Answer(siptest.Field{Name: "Contact", Value: "<sip:line7@203.0.113.9:5062>"})
			expect[call.Answered](t, p)
			if named, ok := p.Leg.(interface{ UserAgent() string }); !ok || named.UserAgent() != "siptest" {
				t.Error("the phone's name is not known")
			}
			p.End(call.Reason{Kind: call.EndedByApplication})
			if err := rung.WaitEnded(within(t)); err != nil {
				t.Fatal(err)
			}
			expect[call.Ended](t, p)
			phone.Close()
			if transport != "udp" {
				eventually(t, func() bool { return len(o.phones.BindingsOfIdentity(id)) == 0 })
			}
		})
	}
}

// TestPhoneHearsThatAnotherWasFaster asks for RFC 3326's reason, also when the
// answer is on its way already: then it is acknowledged and hung up.
func TestPhoneHearsThatAnotherWasFaster(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, nil)
	as, id := o.user(t, "101", "")
	phone := o.registered(t, as, nil)
	elsewhere := call.Reason{Kind: call.Canceled, Text: "answered elsewhere", SIP: call.Status{Code: 200, Phrase: "Call completed elsewhere"}}

	p := o.ring(t, call.Invitation{From: identifier.NewUser(testResource), To: id})
	rung := next(t, phone)
	rung.Ring()
	expect[call.Ringing](t, p)
	p.End(elsewhere)
	if err := rung.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if reasons := strings.Join(rung.Last().All("Reason"), " "); rung.Last().Method() != "CANCEL" || !strings.Contains(reasons, `SIP;cause=200;text="Call completed elsewhere"`) {
		t.Errorf("got %s with %s", rung.Last().Start, reasons)
	}
	expect[call.Ended](t, p)

	p = o.ring(t, call.Invitation{From: identifier.NewUser(testResource), To: id})
	rung = next(t, phone)
	rung.Ring()
	expect[call.Ringing](t, p)
	phone.Lose(func(e siptest.Entry) bool { return !e.Sent && strings.HasPrefix(e.Message.Start, "CANCEL ") })
	p.End(elsewhere)
	rung.Answer()
	if err := rung.WaitEnded(within(t)); err != nil || rung.Last().Method() != "BYE" {
		t.Errorf("%v, %v", err, rung.Last())
	}
	expect[call.Ended](t, p)
}

func TestUsersPhoneShowsWhoItIs(t *testing.T) {
	t.Parallel()
	for name, trunks := range map[string][]trunk.Trunk{
		"a stranger's address": nil,
		"a trunk's address":    {{Name: "local", Host: "127.0.0.1", Sources: loopback}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newPhoneRig(t, nil, trunks...)
			as, id := o.user(t, "101", "+15550100001")
			_, benID := o.user(t, "ben", "")
			phone := o.registered(t, as, func(c *siptest.Config) { c.Name = "Ann" })
			for to, want := range map[string]string{
				"ben": benID.Raw(), header.Escape(benID.Raw()): benID.Raw(), "+15551230001": "4:+15551230001", "15551230001": "4:+15551230001",
			} {
				made, err := phone.CallAs(within(t), as, siptest.Invite{To: to})
				if err != nil {
					t.Fatalf("%s: %v", to, err)
				}
				taken := o.next(t)
				in := taken.invitation
				if in.From != id || in.To.Raw() != want || in.DisplayName != "Ann" || in.CallerID.Raw() != "4:+15550100001" || in.Withheld {
					t.Errorf("%s: %+v", to, in)
				}
				taken.Answer()
				if err := made.WaitAnswered(within(t)); err != nil {
					t.Fatal(err)
				}
				if err := made.Hangup(within(t)); err != nil {
					t.Fatal(err)
				}
			}
			if n := distinct(phone, isStatus("INVITE", 401, false)); n != 4 {
				t.Errorf("asked %d times who it is, of 4", n)
			}
		})
	}
}

func TestPhoneMayNotSpeakForOthers(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, nil)
	as, id := o.user(t, "101", "")
	_, benID := o.user(t, "ben", "")
	phone := o.registered(t, as, nil)
	made, err := phone.CallAs(within(t), as, siptest.Invite{To: "+15551230001", Fields: []siptest.Field{
		{Name: "From", Value: "<sip:" + header.Escape(benID.Raw()) + "@x>;tag=1"}, {Name: "P-Asserted-Identity", Value: "<sip:+15550100001@x>"}, {Name: "Privacy", Value: "id"},
		{Name: "Identity", Value: signedAs(attested)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if in := o.next(t).invitation; in.From != id || !in.Withheld || !in.CallerID.IsZero() || len(in.Identities) != 0 {
		t.Errorf("got %+v", in)
	}
	if err := made.Cancel(within(t)); err != nil {
		t.Fatal(err)
	}
	wrong := as
	wrong.Password = "guess"
	if made, err = phone.CallAs(within(t), wrong, siptest.Invite{To: "ben"}); err != nil {
		t.Fatal(err)
	}
	made.WaitEnded(within(t))
	if final := made.Final(); final == nil || final.Status() != 403 {
		t.Errorf("a wrong password got %v", final)
	}
}

func TestRefusedPhoneHearsWhy(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, nil)
	as, _ := o.user(t, "101", "")
	why := error(fault.Forbidden("its credential has no caller id"))
	o.application.refuse.Store(&why)
	made, err := o.registered(t, as, nil).CallAs(within(t), as, siptest.Invite{To: "+15551230001"})
	if err != nil {
		t.Fatal(err)
	}
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if final := made.Final(); final.Status() != 403 || !strings.Contains(final.Get("Warning"), "no caller id") {
		t.Errorf("got %s, Warning %q", final.Start, final.Get("Warning"))
	}
}

func TestCallToASignedOutPhoneFails(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, nil)
	_, id := o.user(t, "101", "")
	leg, err := o.Dial(t.Context(), call.Invitation{From: mustPhone(t, "+15550009999"), To: id, Device: "gone"}, nil)
	if leg != nil || err == nil || errors.Is(err, errEnded) {
		t.Errorf("got %v, %v", leg, err)
	}
}

// TestWithheldNumberIsForTheNetworkAlone asks for RFC 3325 §9.3 on a trunk.
func TestWithheldNumberIsForTheNetworkAlone(t *testing.T) {
	t.Parallel()
	carrier, via := callee(t, "carrier", nil)
	o := newPhoneRig(t, nil, via)
	p := newTestLeg(call.Invitation{From: mustPhone(t, "+15550100001"), To: mustPhone(t, "+15557770000"), Withheld: true, DisplayName: "Ann"})
	leg, err := o.Dial(t.Context(), p.invitation, p.report)
	if err != nil {
		t.Fatal(err)
	}
	p.is(leg)
	rung := next(t, carrier)
	from, asserted := rung.Invite.Get("From"), rung.Invite.Get("P-Asserted-Identity")
	if strings.Contains(from, "+1555") || strings.Contains(from, "Ann") || !strings.Contains(asserted, "sip:+15550100001@") || rung.Invite.Get("Privacy") != "id" {
		t.Errorf("From %s, P-Asserted-Identity %s, Privacy %s", from, asserted, rung.Invite.Get("Privacy"))
	}
	rung.Busy()
	expect[call.Ended](t, p)

	as, id := o.user(t, "101", "") // whose phone is not of the network: RFC 3325 §7
	phone := o.registered(t, as, nil)
	o.ring(t, call.Invitation{From: mustPhone(t, "+15550100001"), To: id, Withheld: true})
	rung = next(t, phone)
	if from := rung.Invite.Get("From"); strings.Contains(from, "+1555") || rung.Invite.Get("P-Asserted-Identity") != "" {
		t.Errorf("a user's phone is told From %s, P-Asserted-Identity %s", from, rung.Invite.Get("P-Asserted-Identity"))
	}
}
