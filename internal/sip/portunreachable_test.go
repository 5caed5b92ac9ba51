package sip

import (
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/trunk"
)

// closedPort is a port of loopback that nobody listens on.
func closedPort(t *testing.T) int {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).Port
}

func needsICMP(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("ICMP errors are read on Linux only")
	}
}

// TestCallToAClosedPortFailsAtOnce: 64*T1 is 3.2 s in these tests.
func TestCallToAClosedPortFailsAtOnce(t *testing.T) {
	needsICMP(t)
	t.Parallel()
	for _, listen := range []string{"127.0.0.1:0", "[::]:0"} {
		r := newRig(t, func(c *Config) { c.Listen = listen }, trunk.Trunk{Name: "local", Host: "127.0.0.1", Port: closedPort(t), Sources: loopback})
		began := time.Now()
		p := r.dial(t, "+15551230001")
		end := expect[call.Ended](t, p)
		if took := time.Since(began); took > 32*sip.T1 { // without ICMP it takes 64*T1
			t.Errorf("listening on %s: it took %s", listen, took)
		}
		if why := end.Reason; why.Kind != call.Unreachable || !strings.Contains(why.Text, "no program listens on UDP at 127.0.0.1:") || !strings.Contains(why.Text, "start") {
			t.Errorf("listening on %s: %+v", listen, why)
		}
	}
}

// TestClosedPortMakesTheNextTrunkRing asks also that the errors of one call do no
// harm to others, which use the same socket.
func TestClosedPortMakesTheNextTrunkRing(t *testing.T) {
	needsICMP(t)
	t.Parallel()
	phone, alive := callee(t, "alive", nil)
	r := newRig(t, func(c *Config) { c.TrunkPatience = time.Minute }, trunk.Trunk{Name: "dead", Host: "127.0.0.1", Port: closedPort(t), Sources: loopback}, alive)
	for range 20 {
		p := r.dial(t, "+15551230001")
		rung := next(t, phone)
		if err := rung.Reject(486, "Busy Here"); err != nil {
			t.Fatal(err)
		}
		if why := expect[call.Ended](t, p).Reason; why.Kind != call.Busy {
			t.Errorf("%+v", why)
		}
	}
}

func TestICMPErrorEndsOnlyTheInviteThatItProvesToKnow(t *testing.T) {
	const (
		branch = "z9hG4bK0123456789abcdef"
		quote  = "INVITE sip:+1555@203.0.113.5 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=" + branch + "\r\n"
	)
	request := func(to, transport string, inDialog bool, method sip.RequestMethod) *sip.Request {
		r := sip.NewRequest(method, sip.Uri{User: "a", Host: "a.test"})
		via := &sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: transport, Host: "198.51.100.1", Params: sip.NewParams()}
		via.Params.Add("branch", branch)
		r.AppendHeader(via)
		remote := &sip.ToHeader{Address: sip.Uri{User: "a", Host: "a.test"}, Params: sip.NewParams()}
		if inDialog {
			remote.Params.Add("tag", "x")
		}
		r.AppendHeader(remote)
		r.SetTransport(transport)
		r.SetDestination(to)
		return r
	}
	const far, near = "203.0.113.5:5060", "192.168.1.20:5060"
	for name, test := range map[string]struct {
		request *sip.Request
		from    string
		quoted  string
		ends    bool
	}{
		"its branch":                           {request(far, "UDP", false, sip.INVITE), far, quote, true},
		"another branch":                       {request(far, "UDP", false, sip.INVITE), far, strings.Replace(quote, "0123", "3210", 1), false},
		"another address":                      {request(far, "UDP", false, sip.INVITE), near, quote, false},
		"another port":                         {request(far, "UDP", false, sip.INVITE), "203.0.113.5:5061", quote, false},
		"no quotation, from the Internet":      {request(far, "UDP", false, sip.INVITE), far, "", false},
		"a cut branch, from the Internet":      {request(far, "UDP", false, sip.INVITE), far, strings.TrimRight(quote, "f\r\n"), false},
		"no quotation, from our own network":   {request(near, "UDP", false, sip.INVITE), near, "", true},
		"another branch, from our own network": {request(near, "UDP", false, sip.INVITE), near, strings.Replace(quote, "0123", "3210", 1), false},
		"a re-INVITE":                          {request(far, "UDP", true, sip.INVITE), far, quote, false},
		"a BYE":                                {request(far, "UDP", true, sip.BYE), far, quote, false},
		"over TCP":                             {request(far, "TCP", false, sip.INVITE), far, quote, false},
	} {
		var u unansweredInvites
		told := 0
		remove := u.add(test.request, func() { told++ })
		u.unreachable(netip.MustParseAddrPort(test.from), []byte(test.quoted))
		if told > 0 {
			t.Errorf("%s: one refusal ends it", name)
		}
		u.unreachable(netip.MustParseAddrPort(test.from), []byte(test.quoted))
		u.unreachable(netip.MustParseAddrPort(test.from), []byte(test.quoted)) // it is told once
		if got := told == 1; got != test.ends || told > 1 {
			t.Errorf("%s: told %d times", name, told)
		}
		remove()
		if len(u.byBranch) > 0 {
			t.Errorf("%s: it stays", name)
		}
	}
}

func FuzzQuotedBranch(f *testing.F) {
	f.Add([]byte("INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c;branch=z9hG4bKx;rport\r\n"))
	f.Add([]byte(";branch="))
	f.Fuzz(func(t *testing.T, message []byte) {
		if branch, whole := quotedBranch(message); strings.ContainsAny(branch, ";\r\n") || !whole && branch != "" {
			t.Errorf("%q of %q", branch, message)
		}
	})
}

// TestProgramThatIsJustStartingIsReached: its port is closed for the INVITE and open
// for its first retransmission.
func TestProgramThatIsJustStartingIsReached(t *testing.T) {
	needsICMP(t)
	t.Parallel()
	port := closedPort(t)
	r := newRig(t, nil, trunk.Trunk{Name: "local", Host: "127.0.0.1", Port: port, Sources: loopback})
	r.dial(t, "+15551230001")
	time.Sleep(sip.T1 / 4)
	late, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		t.Fatal(err)
	}
	defer late.Close()
	late.SetReadDeadline(time.Now().Add(patience))
	for invite := make([]byte, 4096); ; { // the port may have been another test's, whose peer still sends
		n, err := late.Read(invite)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(string(invite[:n]), "INVITE ") {
			return
		}
	}
}
