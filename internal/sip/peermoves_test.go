package sip

import (
	"fmt"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestPeerThatGoesOnOverUDPIsReachedThere has a call that came over TCP, as large INVITEs do,
// and a request of it over UDP: our BYE goes where that came from. Who was heard over TLS is
// not followed.
func TestPeerThatGoesOnOverUDPIsReachedThere(t *testing.T) {
	t.Parallel()
	server, client := certificates(t)
	for _, transport := range []string{"tcp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			r := newRig(t, func(c *Config) { c.ListenTLS, c.TLS = "127.0.0.1:0", server },
				trunk.Trunk{Name: "local", Host: "127.0.0.1", Sources: loopback})
			packets := r.phone(t, nil)
			stream := r.phone(t, func(c *siptest.Config) {
				c.Transport, c.TLS = transport, client
				if transport == "tls" {
					c.Server = r.TLSAddr().String()
				}
			})
			contact := siptest.Field{Name: "Contact", Value: fmt.Sprintf("<sip:phone@%s>", packets.Addr())}
			made, err := stream.Invite(siptest.Invite{To: "+15551230001", Fields: []siptest.Field{contact}})
			if err != nil {
				t.Fatal(err)
			}
			taken := r.next(t)
			taken.Answer()
			expect[call.Answered](t, taken)
			response, err := packets.Request(within(t), "OPTIONS", "+15551230001", contact,
				siptest.Field{Name: "From", Value: made.Invite.Get("From")}, siptest.Field{Name: "To", Value: made.Final().Get("To")},
				siptest.Field{Name: "Call-ID", Value: made.ID}, siptest.Field{Name: "CSeq", Value: "2 OPTIONS"})
			if err != nil || response.Status() != 200 {
				t.Fatal(response, err)
			}
			taken.End(call.Reason{})
			heard, deaf := packets, stream
			if transport == "tls" {
				heard, deaf = stream, packets
			}
			eventually(t, func() bool { return heard.Count(isRequest("BYE", false)) > 0 })
			expect[call.Ended](t, taken)
			if deaf.Count(isRequest("BYE", false)) > 0 {
				t.Error("BYE over the other transport as well")
			}
		})
	}
}

// TestPhoneThatRegistersAnewInACallIsReachedThere breaks the connection of a phone during a
// call to it or of it; when it has registered over another, it hears the end of the call.
func TestPhoneThatRegistersAnewInACallIsReachedThere(t *testing.T) {
	t.Parallel()
	const instance = `;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"`
	for _, test := range []struct {
		name   string
		calls  bool   // the phone makes the call
		first  string // Contact when it registers, and after its connection broke; "" its usual one
		second string
	}{
		{"called", false, "", ""},
		{"calling", true, "", ""},
		{"called, known by its instance", false, "<sip:101@10.0.0.7:40001;transport=tcp>" + instance, "<sip:101@10.0.0.7:40002;transport=tcp>" + instance},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := newPhoneRig(t, nil)
			as, id := o.user(t, "101", "")
			phone := o.phone(t, func(c *siptest.Config) { c.User, c.Transport = "101", "tcp" })
			register := func(contact string) {
				t.Helper()
				var fields []siptest.Field
				if contact != "" {
					fields = append(fields, siptest.Field{Name: "Contact", Value: contact})
				}
				if answer, err := phone.Register(within(t), as, 600, fields...); err != nil || answer.Status() != 200 {
					t.Fatal(answer, err)
				}
			}
			register(test.first)
			var made *siptest.Call
			var taken *testLeg
			if test.calls {
				var err error
				if made, err = phone.CallAs(within(t), as, siptest.Invite{To: "102"}); err != nil {
					t.Fatal(err)
				}
				taken = o.next(t)
				taken.Answer()
			} else {
				taken = o.ring(t, call.Invitation{From: id, To: id})
				made = next(t, phone)
				made.Ring()
				expect[call.Ringing](t, taken)
				made.Answer()
			}
			expect[call.Answered](t, taken)
			if err := made.WaitAnswered(within(t)); err != nil {
				t.Fatal(err)
			}
			phone.Break()
			eventually(t, func() bool { return len(o.phones.BindingsOfIdentity(id)) == 0 })
			if err := phone.Reconnect(); err != nil {
				t.Fatal(err)
			}
			register(test.second)
			taken.End(call.Reason{})
			if err := made.WaitEnded(within(t)); err != nil {
				t.Fatal(err)
			}
			if why := expect[call.Ended](t, taken).Reason; why.Kind == call.Vanished {
				t.Errorf("ended by %+v", why)
			}
		})
	}
}
