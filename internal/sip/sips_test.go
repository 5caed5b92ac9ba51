package sip

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestContactIsOneOfSIPSWhereThePeerIs: in calls both ways, over TLS; stacks end a call whose
// other end is not (RFC 3261 §12.1.1, §8.1.1.8).
func TestContactIsOneOfSIPSWhereThePeerIs(t *testing.T) {
	t.Parallel()
	server, client := certificates(t)
	o := newPhoneRig(t, func(c *Config) { c.ListenTLS, c.TLS = "127.0.0.1:0", server })
	as, id := o.user(t, "101", "")
	secure := func(c *siptest.Config) {
		c.User, c.Transport, c.TLS, c.Server = "101", "tls", client, o.TLSAddr().String()
	}
	contact := func(scheme string) siptest.Field {
		return siptest.Field{Name: "Contact", Value: "<" + scheme + ":101@127.0.0.1:5999>"}
	}
	for scheme, want := range map[string]string{"sips": "<sips:", "sip": "<sip:"} {
		phone := o.phone(t, secure)
		if answer, err := phone.Register(within(t), as, 600, contact(scheme)); err != nil || answer.Status() != 200 {
			t.Fatal(answer, err)
		}
		p := o.ring(t, call.Invitation{From: identifier.NewUser(testResource), To: id})
		rung := next(t, phone)
		if got := rung.Invite.Get("Contact"); !strings.HasPrefix(got, want) || strings.Contains(got, "transport=tls") != (scheme == "sip") {
			t.Errorf("%s: our INVITE has the Contact %s", scheme, got)
		}
		rung.Answer(contact(scheme))
		expect[call.Answered](t, p)
		if response, err := rung.Request(within(t), "OPTIONS", nil); err != nil || response.Status() != 200 {
			t.Errorf("%s: a request to it got %v %v", scheme, response, err)
		}
		if err := rung.Hangup(within(t)); err != nil {
			t.Fatal(err)
		}

		made, err := phone.CallAs(within(t), as, siptest.Invite{To: "+15551230001", Fields: []siptest.Field{contact(scheme)}})
		if err != nil {
			t.Fatal(err)
		}
		o.next(t).Answer()
		if err := made.WaitAnswered(within(t)); err != nil {
			t.Fatal(err)
		}
		if got := made.Final().Get("Contact"); !strings.HasPrefix(got, want) {
			t.Errorf("%s: our 200 has the Contact %s", scheme, got)
		}
		if err := made.Hangup(within(t)); err != nil {
			t.Fatal(err)
		}
		phone.Close()
		eventually(t, func() bool { return len(o.phones.BindingsOfIdentity(id)) == 0 })
	}
}
