package sip

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// strained makes a rig that has far too much to do from the moment that the
// test says so, and lets nobody in.
func strained(t *testing.T, more ...func(*Config)) (*rig, func()) {
	var strain atomic.Bool
	r := newRig(t, func(c *Config) {
		for _, change := range more {
			change(c)
		}
		c.Strain = func() float64 {
			if strain.Load() {
				return 100
			}
			return 0
		}
	})
	return r, func() {
		strain.Store(true)
		overload(r)
	}
}

// overload lets a minute of windows pass without waiting for them: the last one
// lasts for the test, and nobody is let in while it does.
func overload(r *rig) {
	later := time.Now()
	for range 600 {
		later = later.Add(100 * time.Millisecond)
		r.gate.Admission.NoteDelay(later, 0)
	}
	for r.gate.Admission.Admit(later) { // what the bucket still holds
	}
}

func TestOverloadedServerRefusesNewCallsOnly(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			r, strain := strained(t)
			phone := r.phone(t, func(c *siptest.Config) { c.Transport = transport })
			before, taken := r.connect(t, phone)
			strain()
			refused, err := phone.Call("+15551230001")
			if err != nil {
				t.Fatal(err)
			}
			if err := refused.WaitEnded(within(t)); err != nil {
				t.Fatal(err)
			}
			if last := refused.Last(); last.Status() != 503 || last.Get("Retry-After") != "1" || last.Tag("To") == "" {
				t.Errorf("a new call got %+v", last)
			}
			if n := r.Refusals().Overload; n != 1 {
				t.Errorf("%d refusals are counted", n)
			}
			if !r.Load().Limited || r.Legs() != 1 {
				t.Errorf("load %+v, %d legs", r.Load(), r.Legs())
			}
			for _, method := range []string{"OPTIONS", "INFO", "UPDATE"} {
				if response, err := before.Request(within(t), method, nil); err != nil || response.Status() != 200 {
					t.Errorf("%s in a call got %v %v", method, response, err)
				}
			}
			if err := before.Hold(within(t)); err != nil { // a re-INVITE
				t.Error(err)
			}
			if response, err := phone.Request(within(t), "OPTIONS", "ping"); err != nil || response.Status() != 200 {
				t.Errorf("OPTIONS of a trunk got %v %v", response, err)
			}
			if err := before.Hangup(within(t)); err != nil {
				t.Error(err)
			}
			for {
				if _, over := taken.next(t).(call.Ended); over {
					break
				}
			}
		})
	}
}

// TestRefusalKeepsNothing asks on a bare socket what a refusal looks like, that
// a repeated INVITE is refused as the first was, and that its ACK is for nobody.
func TestRefusalKeepsNothing(t *testing.T) {
	t.Parallel()
	r, strain := strained(t)
	strain()
	conn, err := net.Dial("udp", r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	buffer, first := make([]byte, 4096), ""
	for range 2 {
		fmt.Fprint(conn, request("INVITE", 7, "", offer()))
		n, err := conn.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		response, err := sip.ParseMessage(buffer[:n])
		if err != nil {
			t.Fatalf("%v in\n%s", err, buffer[:n])
		}
		port := fmt.Sprint(conn.LocalAddr().(*net.UDPAddr).Port)
		via := response.Via()
		if got, _ := via.Params.Get("rport"); got != port {
			t.Errorf("rport %q, want %s", got, port)
		}
		if first == "" {
			first = string(buffer[:n])
		} else if first != string(buffer[:n]) {
			t.Errorf("the repeated INVITE got\n%s, the first\n%s", buffer[:n], first)
		}
	}
	r.transactions.Close() // whatever reaches it from now on would be seen
	if ack := request("ACK", 7, field(first, "To"), ""); passes(r, []byte(ack), conn.LocalAddr()) {
		t.Error("the ACK of a refusal is handled")
	}
	if other := request("ACK", 8, "<sip:a@b>;tag=abc", ""); !passes(r, []byte(other), conn.LocalAddr()) {
		t.Error("another ACK is not")
	}
	if n := r.Refusals().Overload; n != 1 {
		t.Errorf("%d refusals are counted", n)
	}
}

// shown notes the first lines that a tracer is shown.
type shown struct {
	lines chan string
}

func (s shown) SIP(_ time.Time, sent bool, _ string, _, _ netip.AddrPort, text []byte) {
	first, _, _ := strings.Cut(string(text), "\r\n")
	s.lines <- fmt.Sprintf("%t %s", sent, first)
}

func (shown) SIPCallID(string, string) {}

// TestRefusalIsShown asks that who looks into calls sees the INVITE that was refused, and
// then what it was answered, and of a repeated one neither.
func TestRefusalIsShown(t *testing.T) {
	t.Parallel()
	seen := shown{make(chan string, 16)}
	r, strain := strained(t, func(c *Config) { c.Tracer = seen })
	strain()
	conn, err := net.Dial("udp", r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, request("INVITE", 7, "", offer()))
	for _, want := range []string{"false INVITE ", "true SIP/2.0 503 "} {
		select {
		case got := <-seen.lines:
			if !strings.HasPrefix(got, want) {
				t.Errorf("shown is %q, want %q", got, want)
			}
		case <-within(t).Done():
			t.Fatalf("nothing is shown, want %q", want)
		}
	}
	fmt.Fprint(conn, request("INVITE", 7, "", offer()))
	conn.SetDeadline(time.Now().Add(patience))
	for range 2 { // it is shown before it is sent
		if _, err := conn.Read(make([]byte, 4096)); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen.lines) > 0 {
		t.Errorf("%q is shown of the repeated one", <-seen.lines)
	}
}

// passes asks the gate about a datagram.
func passes(r *rig, data []byte, from net.Addr) bool {
	pass, _, _ := r.gate.Datagram(data, addressOf(from), time.Now())
	return pass
}

func TestRepeatedINVITEOfAnAdmittedCallIsNotRefused(t *testing.T) {
	t.Parallel()
	r, strain := strained(t)
	first := []byte(request("INVITE", 1, "", ""))
	from := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9}
	if !passes(r, first, from) {
		t.Fatal("a call is refused by a server that has nothing to do")
	}
	strain()
	if !passes(r, first, from) {
		t.Error("it is refused when it comes again")
	}
	if passes(r, []byte(request("INVITE", 2, "", "")), from) {
		t.Error("a new one is not")
	}
}

// BenchmarkRefusal is what a call costs that is turned away.
func BenchmarkRefusal(b *testing.B) {
	r := newRig(b, func(c *Config) { c.Strain = func() float64 { return 100 } })
	overload(r)
	sink, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer sink.Close()
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		pass, _, reply := r.gate.Datagram([]byte(request("INVITE", n, "", offer())), addressOf(sink.LocalAddr()), time.Now())
		if pass {
			b.Fatal("let in")
		}
		r.udp.WriteToUDPAddrPort(reply.Data, addressOf(sink.LocalAddr()))
	}
}
