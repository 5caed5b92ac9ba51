package sip

import (
	"net"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestConnectionThatClosesEndsWhatRingsOverIt asks that neither a caller nor a callee
// holds a call whose connection is gone: no timer of an INVITE would end it.
func TestConnectionThatClosesEndsWhatRingsOverIt(t *testing.T) {
	t.Parallel()
	server, client := certificates(t)
	for _, transport := range []string{"tcp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			secure := func(c *siptest.Config) { c.Transport, c.TLS = transport, server }
			phone, via := callee(t, "carrier", secure)
			via.Transport, via.Roots = trunk.Transport(transport), client.RootCAs
			r := newRig(t, func(c *Config) { c.ListenTLS, c.TLS = "127.0.0.1:0", server }, via)
			calling := r.phone(t, func(c *siptest.Config) {
				c.Transport, c.TLS = transport, client
				if transport == "tls" {
					c.Server = r.TLSAddr().String()
				}
			})
			if _, err := calling.Invite(siptest.Invite{To: "+15551230001"}); err != nil {
				t.Fatal(err)
			}
			waiting := r.next(t)
			waiting.Ring()
			eventually(t, func() bool { return calling.Count(isStatus("INVITE", 180, false)) == 1 }) // from here on nothing is sent that could fail
			calling.Break()
			if why := expect[call.Ended](t, waiting).Reason; why.Kind != call.Vanished {
				t.Errorf("the caller: %+v", why)
			}

			made := r.dial(t, "+15557770000")
			next(t, phone).Ring()
			expect[call.Ringing](t, made)
			phone.Break()
			if why := expect[call.Ended](t, made).Reason; why.Kind != call.Unreachable {
				t.Errorf("the callee: %+v", why)
			}
		})
	}
}

// TestContactWithANameIsReached asks for a BYE to the name in the callee's Contact; over
// TCP, over a connection that is made for it.
func TestContactWithANameIsReached(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			phone, via := callee(t, "carrier", func(c *siptest.Config) { c.Transport = transport })
			via.Transport = trunk.Transport(transport)
			_, port, _ := net.SplitHostPort(phone.Addr().String())
			r := newRig(t, func(c *Config) { c.Resolver = &zone{hosts: map[string][]string{"pbx.example": {"127.0.0.1"}}} }, via)
			made := r.dial(t, "+15557770000")
			taken := next(t, phone)
			contact := "sip:desk@pbx.example:" + port + ";transport=" + transport
			taken.Answer(siptest.Field{Name: "Contact", Value: "<" + contact + ">"})
			expect[call.Answered](t, made)
			r.keptConns.each(func(c *keptConn) { c.Close() })
			eventually(t, func() bool { return !r.hasConnection("TCP", phone.Addr().String()) })
			made.End(call.Reason{})
			if err := taken.WaitEnded(within(t)); err != nil {
				t.Fatal(err)
			}
			if uri := taken.Last().URI(); uri != contact {
				t.Errorf("BYE to %s", uri)
			}
		})
	}
}

// TestSocketOfBothFamiliesServesIPv4 calls in and out over a socket that listens on all
// addresses, to which IPv4 looks like IPv6.
func TestSocketOfBothFamiliesServesIPv4(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	via.Sources = loopback
	r := newRig(t, func(c *Config) { c.Listen = "[::]:0" }, via)
	_, port, _ := net.SplitHostPort(r.Addr().String())
	made, taken := r.connect(t, r.phone(t, func(c *siptest.Config) { c.Server = "127.0.0.1:" + port }))
	taken.End(call.Reason{})
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	ours := r.dial(t, "+15557770000")
	called := next(t, phone)
	called.Answer()
	expect[call.Answered](t, ours)
	if err := called.Hangup(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Ended](t, ours)
}
