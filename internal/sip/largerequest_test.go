package sip

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// large is a call whose INVITE is longer than a datagram should be.
func large(t *testing.T, r *rig) *testLeg {
	t.Helper()
	p := newTestLeg(call.Invitation{
		From: mustPhone(t, "+15550009999"), To: mustPhone(t, "+15557770000"),
		SIPHeaders: map[string]string{"X-MS-Custom-Story": strings.Repeat("once upon a time ", 50)},
	})
	leg, err := r.Dial(t.Context(), p.invitation, p.report)
	if err != nil {
		t.Fatal(err)
	}
	p.is(leg)
	return p
}

// TestLargeINVITEGoesOverTCP asks RFC 3261 §18.1.1 of a trunk that is one of UDP.
func TestLargeINVITEGoesOverTCP(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", func(c *siptest.Config) { c.Transport = "tcp" })
	via.Transport = "udp"
	r := newRig(t, nil, via)
	for range 2 {
		made := large(t, r)
		taken := next(t, phone)
		if top, contact := taken.Invite.Get("Via"), taken.Invite.Get("Contact"); !strings.HasPrefix(top, "SIP/2.0/TCP ") || !strings.Contains(contact, ";transport=tcp") {
			t.Errorf("Via %q, Contact %q", top, contact)
		}
		taken.Answer()
		expect[call.Answered](t, made)
		made.End(call.Reason{})
		if err := taken.WaitEnded(within(t)); err != nil {
			t.Fatal(err)
		}
		expect[call.Ended](t, made)
	}
}

// TestLargeINVITEGoesOverUDPWhereThereIsNoTCP asks for what the RFC allows then,
// and that a small one never tries TCP.
func TestLargeINVITEGoesOverUDPWhereThereIsNoTCP(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	made := large(t, r)
	taken := next(t, phone)
	if top := taken.Invite.Get("Via"); !strings.HasPrefix(top, "SIP/2.0/UDP ") {
		t.Errorf("Via %q", top)
	}
	taken.Answer()
	expect[call.Answered](t, made)
	if _, refused := r.noTCP.Get(addressOf(phone.Addr()), time.Now()); !refused {
		t.Error("the next one tries TCP again")
	}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	both, small := callee(t, "both", func(c *siptest.Config) { c.Listen = listener.Addr().String() })
	r = newRig(t, nil, small)
	r.dial(t, "+15557770000")
	if top := next(t, both).Invite.Get("Via"); !strings.HasPrefix(top, "SIP/2.0/UDP ") {
		t.Errorf("a small INVITE has Via %q", top)
	}
}

// TestLargeINVITEGoesOverUDPWhereTCPIsSilent has a carrier that accepts TCP, and either closes
// the connection or says nothing over it: the call comes over UDP, and the next one at once.
func TestLargeINVITEGoesOverUDPWhereTCPIsSilent(t *testing.T) {
	t.Parallel()
	for _, closes := range []bool{true, false} {
		t.Run(fmt.Sprint("closes ", closes), func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			var connections atomic.Int32
			go func() {
				for {
					conn, err := listener.Accept()
					if err != nil {
						return
					}
					connections.Add(1)
					if closes {
						conn.Read(make([]byte, 1))
						conn.Close()
					} else {
						defer conn.Close()
					}
				}
			}()
			phone, via := callee(t, "carrier", func(c *siptest.Config) { c.Listen = listener.Addr().String() })
			r := newRig(t, impatient, via)
			for range 2 {
				made := large(t, r)
				taken := next(t, phone)
				if top := taken.Invite.Get("Via"); !strings.HasPrefix(top, "SIP/2.0/UDP ") {
					t.Errorf("Via %q", top)
				}
				taken.Answer()
				expect[call.Answered](t, made)
				made.End(call.Reason{})
				expect[call.Ended](t, made)
			}
			if n := connections.Load(); n != 1 {
				t.Errorf("%d connections, want 1", n)
			}
		})
	}
}

// TestLargeINVITEThatIsTakenIsNotSentAgain: a carrier that has answered 100 over TCP has the
// call, even if the connection breaks then. Another INVITE could ring the callee twice.
func TestLargeINVITEThatIsTakenIsNotSentAgain(t *testing.T) {
	t.Parallel()
	overTCP, via := callee(t, "carrier", func(c *siptest.Config) { c.Transport = "tcp" })
	via.Transport = "udp"
	overUDP, err := siptest.New(siptest.Config{T1: t1, Listen: overTCP.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(overUDP.Close)
	made := large(t, newRig(t, nil, via))
	next(t, overTCP) // which has answered 100
	overTCP.Close()
	if why := expect[call.Ended](t, made).Reason; why.Kind != call.Unreachable {
		t.Errorf("ended by %+v", why)
	}
	if overUDP.Count(isRequest("INVITE", false)) != 0 {
		t.Error("it was sent again over UDP")
	}
}

func TestCallGivenUpWhileItsLargeINVITEConnects(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", func(c *siptest.Config) { c.Transport = "tcp" })
	via.Transport = "udp"
	r := newRig(t, nil, via)
	made := large(t, r)
	made.End(call.Reason{Kind: call.Canceled})
	if why := expect[call.Ended](t, made).Reason; why.Kind != call.Canceled {
		t.Errorf("ended by %+v", why)
	}
	phone.Close()
}

// TestIdleConnectionThatIsClosedIsOpenedAgain has a carrier that closes an idle TCP connection as
// a large INVITE comes over it: another connection carries the call, and the next one.
func TestIdleConnectionThatIsClosedIsOpenedAgain(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	behind, _ := callee(t, "behind", func(c *siptest.Config) { c.Transport = "tcp" })
	go func() {
		for first := true; ; first = false {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if first {
				go func() { conn.Read(make([]byte, 1)); conn.Close() }()
				continue
			}
			far, err := net.Dial("tcp", behind.Addr().String())
			if err != nil {
				return
			}
			go func() { io.Copy(far, conn); far.Close() }()
			go func() { io.Copy(conn, far); conn.Close() }()
		}
	}()
	at := addressOf(listener.Addr())
	via := trunk.Trunk{Name: "carrier", Host: at.Addr().String(), Port: int(at.Port()), Transport: trunk.UDP, Sources: loopback}
	r := newRig(t, nil, via)
	idle := via
	idle.Transport = trunk.TCP
	if err := r.Server.connect(within(t), &idle, at); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		made := large(t, r)
		taken := next(t, behind)
		if top := taken.Invite.Get("Via"); !strings.HasPrefix(top, "SIP/2.0/TCP ") {
			t.Errorf("Via %q", top)
		}
		taken.Answer()
		expect[call.Answered](t, made)
		made.End(call.Reason{})
		expect[call.Ended](t, made)
	}
}
