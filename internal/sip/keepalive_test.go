package sip

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

func TestPingOfAStreamGetsItsPong(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	conn, err := net.Dial("tcp", r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	pong := make([]byte, 2)
	for range 2 {
		if _, err := io.WriteString(conn, "\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(conn, pong); err != nil || string(pong) != "\r\n" {
			t.Fatalf("the ping got %q %v", pong, err)
		}
	}
	in := bufio.NewReader(conn)
	for _, text := range []string{string(options("1")), "\r\n\r\n" + string(options("2"))} { // together with a message
		text = strings.Replace(strings.Replace(text, "SIP/2.0/WS", "SIP/2.0/TCP", 1), "\r\n\r\n", "\r\nContent-Length: 0\r\n\r\n", -1)
		text = strings.TrimPrefix(text, "\r\nContent-Length: 0")
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		for line := ""; !strings.HasPrefix(line, "SIP/2.0 200"); {
			if line, err = in.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestConnectionsOfOursAreKeptAlive asks for pings, that who has answered one and
// stops to is left, and that the next request opens another connection.
func TestConnectionsOfOursAreKeptAlive(t *testing.T) {
	t.Parallel()
	for _, answers := range []bool{true, false} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		at := addressOf(listener.Addr())
		r := newRig(t, func(c *Config) { c.connKeepAlive = 2 * time.Second },
			trunk.Trunk{Name: "sbc", Host: "127.0.0.1", Port: int(at.Port()), Transport: trunk.TCP})
		table := r.table.Trunks()
		if err := r.Server.connect(within(t), table[0], at); err != nil {
			t.Fatal(err)
		}
		conn, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		ping := make([]byte, 4)
		for range 3 {
			if _, err := io.ReadFull(conn, ping); err != nil || string(ping) != "\r\n\r\n" {
				t.Fatalf("the keep-alive is %q %v", ping, err)
			}
			if answers {
				io.WriteString(conn, "\r\n")
			}
		}
		if !answers { // who never answers is left in peace
			if !r.hasConnection("TCP", at.String()) {
				t.Error("a peer that knows no pings is closed")
			}
			continue
		}
		if rest, err := io.ReadAll(conn); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Fatalf("a peer that stopped answering keeps its connection: %q %v", rest, err)
		}
		eventually(t, func() bool { return !r.hasConnection("TCP", at.String()) })
		if err := r.Server.connect(within(t), table[0], at); err != nil {
			t.Fatal(err)
		}
		if again, err := listener.Accept(); err != nil {
			t.Fatal(err)
		} else {
			again.Close()
		}
	}
}

// TestPongIsMissedByNoClock: what is read after a ping answers it, whatever the clock says, and what was read before does
// not.
func TestPongIsMissedByNoClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer ours.Close()
		conn := &keptConn{Conn: ours, onClose: func(*keptConn) {}}
		data := make([]byte, 4)
		for _, answers := range []bool{true, false} { // no time passes between them
			go io.ReadFull(theirs, make([]byte, 4))
			conn.ping()
			if answers {
				go io.WriteString(theirs, "\r\n")
				if _, err := conn.Read(data); err != nil {
					t.Fatal(err)
				}
			}
			if conn.missedPong() == answers {
				t.Errorf("a ping that was answered (%t) was missed (%t)", answers, !answers)
			}
		}
	})
}

func TestSTUNKeepAliveIsAnswered(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	conn, err := net.Dial("udp", r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	question := binary.BigEndian.AppendUint32([]byte{0, 1, 0, 0}, stunCookie)
	question = append(question, "transaction!"...)
	conn.Write(append([]byte{0x01, 0x01}, question[2:]...)) // a response of somebody's: no answer
	conn.Write(question)
	answer := make([]byte, 100)
	n, err := conn.Read(answer)
	if err != nil || n != 32 || string(answer[8:20]) != "transaction!" || answer[0] != 1 || answer[1] != 1 {
		t.Fatalf("got % x %v", answer[:n], err)
	}
	for i := range 4 {
		answer[28+i] ^= question[4+i]
	}
	address, _ := netip.AddrFromSlice(answer[28:32])
	got := netip.AddrPortFrom(address, binary.BigEndian.Uint16(answer[26:])^stunCookie>>16)
	if got != addressOf(conn.LocalAddr()) {
		t.Errorf("the answer names %s, the question came from %s", got, conn.LocalAddr())
	}
	six := netip.MustParseAddrPort("[2001:db8::1]:4000")
	if response := bindingResponse(question, six); len(response) != 44 {
		t.Errorf("an IPv6 answer has %d bytes", len(response))
	}
	if n := r.Refusals().Malformed; n != 0 {
		t.Errorf("%d are counted as malformed", n)
	}
}

// TestPhoneMovesToAnotherPort asks that a NAT which gives a phone another port in
// the middle of a call costs nothing: the phone is answered and reached there.
func TestPhoneMovesToAnotherPort(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: []siptest.Field{{Name: "Contact", Value: "<sip:phone@192.168.77.5:5062>"}}})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Answer()
	expect[call.Answered](t, taken)
	if err := phone.Rebind(); err != nil {
		t.Fatal(err)
	}
	response, err := made.Request(within(t), "OPTIONS", nil, siptest.Field{Name: "Contact", Value: "<sip:phone@192.168.77.5:5062>"})
	if err != nil || response.Status() != 200 {
		t.Fatalf("from the new port OPTIONS got %v %v", response, err)
	}
	taken.End(call.Reason{})
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if why := expect[call.Ended](t, taken).Reason; why.Kind == call.Vanished {
		t.Errorf("ended by %+v", why)
	}
}

// TestConnectionThatBreaksInACallIsMadeAnew asks for a BYE over a new connection
// to the phone's Contact, and that the phone's own new connection counts.
func TestConnectionThatBreaksInACallIsMadeAnew(t *testing.T) {
	t.Parallel()
	server, client := certificates(t)
	both := client.Clone()
	both.Certificates = server.Certificates
	for _, transport := range []string{"tcp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			r := newRig(t, func(c *Config) { c.ListenTLS, c.TLS, c.ClientTLS = "127.0.0.1:0", server, client },
				trunk.Trunk{Name: "sbc", Host: "127.0.0.1", Transport: trunk.Transport(transport), Sources: loopback})
			phone := r.phone(t, func(c *siptest.Config) {
				c.Transport, c.TLS = transport, both
				if transport == "tls" {
					c.Server = r.TLSAddr().String()
				}
			})
			made, taken := r.connect(t, phone)
			phone.Break()
			eventually(t, func() bool { return noConnections(r) })
			taken.End(call.Reason{})
			if err := made.WaitEnded(within(t)); err != nil {
				t.Fatal(err)
			}
			expect[call.Ended](t, taken)

			if err := phone.Reconnect(); err != nil {
				t.Fatal(err)
			}
			made, taken = r.connect(t, phone)
			phone.Break()
			if err := phone.Reconnect(); err != nil {
				t.Fatal(err)
			}
			if err := made.Hold(within(t)); err != nil { // the phone goes on over its new connection
				t.Fatal(err)
			}
			expect[call.HoldChanged](t, taken)
			taken.End(call.Reason{})
			if err := made.WaitEnded(within(t)); err != nil {
				t.Fatal(err)
			}
			expect[call.Ended](t, taken)
		})
	}
}
