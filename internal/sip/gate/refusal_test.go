package gate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/parse"
)

// fullGate makes a gate that lets nobody in at the time that it returns.
func fullGate(authenticate bool) (*Gate, time.Time) {
	strain, now := 100.0, start
	g := newGate(authenticate, &strain)
	for range 10 {
		now = now.Add(windowLength)
		g.Admission.NoteDelay(now, 0)
	}
	for g.Admission.Admit(now) {
	}
	return g, now
}

// TestEmergencyCallsAreNotRefused asks that calls to emergency services pass where all others are
// refused.
func TestEmergencyCallsAreNotRefused(t *testing.T) {
	t.Parallel()
	g, now := fullGate(false)
	for uri, want := range map[string]bool{
		"sip:112@d": true, "sip:112;phone-context=x@d": true, "tel:112": true, "sip:1120@d": false, "sip:@112": false, "sip:112.example.com": false, "": false,
	} {
		head := "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK" + uri + "\r\nFrom: <sip:a@b>;tag=f\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n"
		if pass, _, _ := g.Datagram([]byte("INVITE "+uri+" SIP/2.0\r\n"+head), trunkAddr, now); pass != want {
			t.Errorf("%q passes: %t", uri, pass)
		}
	}
}

// TestRefusalIsWrittenFromTheBytes asks byte by byte what a call is refused with, for each
// form of what is copied.
func TestRefusalIsWrittenFromTheBytes(t *testing.T) {
	t.Parallel()
	const ending = "Retry-After: 1\r\nServer: Switchhook\r\nContent-Length: 0\r\n\r\n"
	for _, test := range []struct{ name, head, want, to string }{
		{
			"a trunk behind NAT, which wants the answer at its port",
			"Via: SIP/2.0/UDP 10.0.0.1:5080;branch=z9hG4bKa;rport\r\nMax-Forwards: 70\r\nFrom: <sip:a@b>;tag=f\r\nTo: <sip:c@d>\r\nCall-ID: x@y\r\nCSeq: 1 INVITE\r\n",
			"Via: SIP/2.0/UDP 10.0.0.1:5080;branch=z9hG4bKa;rport=5060;received=192.0.2.1\r\nFrom: <sip:a@b>;tag=f\r\nTo: <sip:c@d>;tag=TAG\r\nCall-ID: x@y\r\nCSeq: 1 INVITE\r\n",
			"192.0.2.1:5060",
		},
		{
			"without rport the port of the Via is meant (RFC 3261 §18.2.2)",
			"Via: SIP/2.0/UDP 10.0.0.1:5080;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=f\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n",
			"Via: SIP/2.0/UDP 10.0.0.1:5080;branch=z9hG4bKa;received=192.0.2.1\r\nFrom: <sip:a@b>;tag=f\r\nTo: <sip:c@d>;tag=TAG\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n",
			"192.0.2.1:5080",
		},
		{
			"short names, two proxies, an address without brackets",
			"v: SIP/2.0/UDP p:5060;branch=z9hG4bKb;rport\r\nv: SIP/2.0/UDP q;branch=z9hG4bKc, SIP/2.0/UDP r;branch=z9hG4bKd\r\nf: \"A; B\" <sip:a@b>;tag=f\r\nt: sip:c@d\r\ni: x\r\nCSeq: 7  INVITE\r\n",
			"Via: SIP/2.0/UDP p:5060;branch=z9hG4bKb;rport=5060;received=192.0.2.1\r\nVia: SIP/2.0/UDP q;branch=z9hG4bKc, SIP/2.0/UDP r;branch=z9hG4bKd\r\nFrom: \"A; B\" <sip:a@b>;tag=f\r\nTo: sip:c@d;tag=TAG\r\nCall-ID: x\r\nCSeq: 7  INVITE\r\n",
			"192.0.2.1:5060",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			g, now := fullGate(false)
			request := "INVITE sip:c@d SIP/2.0\r\n" + test.head + "Contact: <sip:a@10.0.0.1>\r\nContent-Length: 0\r\n\r\n"
			pass, _, reply := g.Datagram([]byte(request), trunkAddr, now)
			if pass || reply.To != netip.MustParseAddrPort(test.to) {
				t.Fatalf("pass %v, an answer to %v", pass, reply.To)
			}
			parsed, err := parse.Datagram(reply.Data)
			if err != nil {
				t.Fatal(err)
			}
			tag, _ := parsed.(*sip.Response).To().Params.Get("tag")
			if got := strings.Replace(string(reply.Data), tag, "TAG", 1); got != "SIP/2.0 503 Service Unavailable\r\n"+test.want+ending {
				t.Errorf("refused with\n%s", got)
			}
			if !g.tags.has(tag) {
				t.Errorf("an ACK with the tag %q would be handled", tag)
			}
		})
	}
}

// TestFewRefusalsAreShown asks that who looks into calls sees some of those that are
// refused, and that a flood does not become a flood of timelines.
func TestFewRefusalsAreShown(t *testing.T) {
	t.Parallel()
	g, now := fullGate(false)
	shown := 0
	for n := range 2000 {
		_, _, reply := g.Datagram([]byte(message("INVITE", fmt.Sprint(n), "")), trunkAddr, now)
		if reply.Show {
			shown++
			if _, _, again := g.Datagram([]byte(message("INVITE", fmt.Sprint(n), "")), trunkAddr, now); again.Show {
				t.Error("a repeated INVITE is shown again")
			}
		}
	}
	if shown != rateShown.Burst {
		t.Errorf("%d of 2,000 are shown, want %d", shown, rateShown.Burst)
	}
}

// TestFewCallsOfUnknownSourcesAreShown: who looks why a carrier's calls do not arrive sees that
// they come from an address that is no trunk's, and strangers do not fill the list.
func TestFewCallsOfUnknownSourcesAreShown(t *testing.T) {
	t.Parallel()
	for _, authenticate := range []bool{false, true} {
		strain := 0.0
		g, shown := newGate(authenticate, &strain), 0
		for n := range 100 {
			from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, 100, byte(n)}), 5060)
			for _, method := range []string{"INVITE", "OPTIONS"} {
				if _, _, reply := g.Datagram([]byte(message(method, method+fmt.Sprint(n), "")), from, start); reply.Show {
					shown++
					if method != "INVITE" {
						t.Errorf("%s is shown", method)
					}
				}
			}
		}
		if shown != rateShown.Burst {
			t.Errorf("where some sign (%t), %d are shown, want %d", authenticate, shown, rateShown.Burst)
		}
	}
}

// BenchmarkDatagramOfRefusedCall is what the gate itself needs for one.
func BenchmarkDatagramOfRefusedCall(b *testing.B) {
	g, now := fullGate(false)
	data := []byte(message("INVITE", "0000000000", "", "Content-Type: application/sdp\r\n"))
	at := strings.Index(string(data), "0000000000")
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		copy(data[at:], fmt.Appendf(nil, "%010d", n))
		if pass, _, _ := g.Datagram(data, trunkAddr, now); pass {
			b.Fatal("let in")
		}
	}
}

// copied are the fields of a refusal, each of which is ours or copied from one line.
var copied = []string{"Via", "From", "To", "Call-ID", "CSeq", "Retry-After", "Server", "Content-Length"}

// mostAdded is how much longer a refusal may be than its request, in bytes: nobody sends
// floods through us to somebody else.
const mostAdded = 200

// FuzzRefusal asks that a refusal made of any datagram is one readable message, which has
// no lines but those of a refusal, is hardly longer, and says what a transaction would.
func FuzzRefusal(f *testing.F) {
	f.Add([]byte(message("INVITE", "a", "")))
	f.Add([]byte(strings.Replace(message("INVITE", "a", ""), "Via: ", "v: SIP/2.0/UDP a, SIP/2.0/TCP ", 1)))
	f.Add([]byte("INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP\r\n\r\n"))
	f.Add([]byte(strings.ReplaceAll(message("INVITE", "a", ""), ": ", " :\t")))
	f.Add([]byte(strings.Replace(message("INVITE", "a", ""), "tag=f", "tag=f\rRetry-After: 9", 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if !header.Bounded(data) {
			return
		}
		g, now := fullGate(true)
		for _, from := range []netip.AddrPort{trunkAddr, nobodyAddr} {
			pass, _, reply := g.Datagram(data, from, now)
			if pass || reply.Data == nil {
				continue
			}
			head, body, _ := strings.Cut(string(reply.Data), "\r\n\r\n")
			if body != "" {
				t.Fatalf("the refusal goes on after its head:\n%s", reply.Data)
			}
			if from == trunkAddr {
				isRefusal(t, data, head)
			}
		}
	})
}

// isRefusal compares a refusal with that of a transaction.
func isRefusal(t *testing.T, request []byte, head string) {
	lines := strings.Split(head, "\r\n")
	for _, line := range lines[1:] {
		if name, _, _ := strings.Cut(line, ": "); !slices.Contains(copied, name) || strings.ContainsAny(line, "\r\n") {
			t.Fatalf("the refusal has the line %q", line)
		}
	}
	if len(head) > len(request)+mostAdded {
		t.Fatalf("%d bytes are answered with %d", len(request), len(head))
	}
	parsed, err := parse.Datagram(request)
	if err != nil || lacksFields(parsed) {
		return // what it copies is as unreadable
	}
	want := sip.NewResponseFromRequest(parsed.(*sip.Request), 503, "Service Unavailable", nil)
	answer, err := parse.Datagram([]byte(head + "\r\n\r\n"))
	if err != nil {
		t.Fatalf("%v in\n%s", err, head)
	}
	got := answer.(*sip.Response)
	if got.StatusCode != 503 || got.CallID().Value() != want.CallID().Value() || got.CSeq().Value() != want.CSeq().Value() ||
		got.From().Value() != want.From().Value() || got.To().Address.String() != want.To().Address.String() {
		t.Fatalf("refused with\n%s\na transaction would\n%s", got, want)
	}
}
