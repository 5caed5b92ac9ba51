package sip

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestIdleConnectionsOfStrangersLockNobodyOut asks that a phone registers while one
// address has as many idle connections open as it can get.
func TestIdleConnectionsOfStrangersLockNobodyOut(t *testing.T) {
	t.Parallel()
	server, client := certificates(t)
	o := newPhoneRig(t, func(c *Config) { c.ListenTLS, c.TLS = "127.0.0.1:0", server })
	as, _ := o.user(t, "101", "")
	from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	for transport, address := range map[string]net.Addr{"tcp": o.Addr(), "tls": o.TLSAddr()} {
		for range 300 {
			conn, err := from.Dial("tcp", address.String())
			if err != nil {
				t.Skip("127.0.0.2 is no address of this machine:", err)
			}
			t.Cleanup(func() { conn.Close() })
		}
		o.registered(t, as, func(c *siptest.Config) {
			c.Transport, c.TLS, c.Server = transport, client, address.String()
		})
	}
	if _, unknown := o.gate.Connections.Count(); unknown > 2*16 {
		t.Errorf("one address has %d connections", unknown)
	}
}

// TestRecordedRoutesLeadToThePeerAlone asks where the BYE of a call goes whose caller
// records a route that is not its own: over the flow of a phone, to where a trunk was
// heard, and never to the address that they name.
func TestRecordedRoutesLeadToThePeerAlone(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			trunks := newRig(t, nil, trunk.Trunk{Name: "narrow", Host: "127.0.0.1"})
			roams := newRig(t, nil, roaming())
			phones := newPhoneRig(t, nil)
			as, _ := phones.user(t, "101", "")
			for name, test := range map[string]struct {
				rig  *rig
				sign bool
				as   siptest.Account
			}{
				"a trunk": {trunks, false, siptest.Account{}}, "a trunk without an address": {roams, true, siptest.Account{UserName: "alice", Password: "secret"}}, "a phone": {phones.rig, true, as},
			} {
				victim := listenAs(t, transport)
				phone := test.rig.phone(t, func(c *siptest.Config) { c.Transport = transport })
				fields := []siptest.Field{
					{Name: "Record-Route", Value: "<sip:" + victim.address + ";lr>"}, {Name: "Contact", Value: "<sip:phone@" + victim.address + ">"},
				}
				if !test.sign { // a Contact of a trunk may be another of its machines
					fields = fields[:1]
				} else {
					refusal := callWith(t, test.rig, phone, "")
					fields = append(fields, siptest.Field{Name: "Authorization", Value: sign(t, refusal, "MD5", test.as.UserName, test.as.Password, 1)})
				}
				made, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: fields})
				if err != nil {
					t.Fatal(err)
				}
				taken := test.rig.next(t)
				taken.Answer()
				expect[call.Answered](t, taken)
				taken.End(call.Reason{})
				if err := made.WaitEnded(within(t)); err != nil {
					t.Errorf("%s: no BYE came: %v", name, err)
				}
				if victim.heard.Load() {
					t.Errorf("%s: the named address heard of it", name)
				}
			}
		})
	}
}

// victim listens on an address that somebody else names.
type victim struct {
	address string
	heard   atomic.Bool
}

func listenAs(t *testing.T, transport string) *victim {
	t.Helper()
	v := new(victim)
	if transport == "tcp" {
		listener, err := net.Listen("tcp", "127.0.0.2:0")
		if err != nil {
			t.Skip("127.0.0.2 is no address of this machine:", err)
		}
		t.Cleanup(func() { listener.Close() })
		v.address = listener.Addr().String()
		go func() {
			if conn, err := listener.Accept(); err == nil {
				v.heard.Store(true)
				conn.Close()
			}
		}()
		return v
	}
	conn, err := net.ListenPacket("udp", "127.0.0.2:0")
	if err != nil {
		t.Skip("127.0.0.2 is no address of this machine:", err)
	}
	t.Cleanup(func() { conn.Close() })
	v.address = conn.LocalAddr().String()
	go func() {
		if _, _, err := conn.ReadFrom(make([]byte, 1)); err == nil {
			v.heard.Store(true)
		}
	}()
	return v
}

// manyParameters is a request whose URI has more of them than is read at once.
func manyParameters() []byte {
	return bytes.Replace(options("1"), []byte("sip:a@b SIP"), []byte("sip:a@b"+strings.Repeat(";a", header.MaxParameters+1)+" SIP"), 1)
}

// TestManyParametersOfStrangersAreNotRead: over UDP such a message is dropped, a connection
// ends with it. Each is counted.
func TestManyParametersOfStrangersAreNotRead(t *testing.T) {
	t.Parallel()
	server, client := certificates(t)
	r := newRig(t, func(c *Config) { c.ListenTLS, c.TLS = "127.0.0.1:0", server }, roaming())
	for n, dial := range []func() (net.Conn, error){
		func() (net.Conn, error) { return net.Dial("tcp", r.Addr().String()) },
		func() (net.Conn, error) { return tls.Dial("tcp", r.TLSAddr().String(), client) },
	} {
		conn := dialled(t, dial)
		text := manyParameters()
		conn.Write(text[:200])
		conn.Write(text[200:])
		if answer, err := io.ReadAll(conn); len(answer) > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("connection %d: %q, %v", n, answer, err)
		}
	}
	conn := dialled(t, func() (net.Conn, error) { return net.Dial("udp", r.Addr().String()) })
	conn.Write(manyParameters())
	conn.Write(options("2"))
	answer := make([]byte, 2000)
	if n, err := conn.Read(answer); err != nil || !bytes.Contains(answer[:n], []byte("CSeq: 2 ")) {
		t.Errorf("the first answer over UDP is %q, %v", answer[:n], err)
	}
	if n := r.Refusals().Malformed; n != 3 {
		t.Errorf("%d were counted, want 3", n)
	}
}

// TestZerosOfStrangersAreNotRead: somebody who sends them without end, and nothing else, would take
// a processor.
func TestZerosOfStrangersAreNotRead(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, roaming())
	conn := dialled(t, func() (net.Conn, error) { return net.Dial("tcp", r.Addr().String()) })
	conn.Write(make([]byte, 1000))
	if answer, err := io.ReadAll(conn); len(answer) > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%q, %v", answer, err)
	}
	if n := r.Refusals().Malformed; n != 1 {
		t.Errorf("%d were counted", n)
	}
}

// dialled is a connection for the time of the test.
func dialled(t *testing.T, dial func() (net.Conn, error)) net.Conn {
	t.Helper()
	conn, err := dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return conn
}
