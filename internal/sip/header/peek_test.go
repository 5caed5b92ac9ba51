package header

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

const peekedInvite = "INVITE sip:+15551230001@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKa;rport\r\n" +
	"Max-Forwards: 70\r\nFrom: <sip:+15550100@127.0.0.1>;tag=t1\r\nTo: <sip:+15551230001@127.0.0.1>\r\nCall-ID: peek-1\r\nCSeq: 1 INVITE\r\n" +
	"Contact: <sip:peek@127.0.0.1:9>\r\nContent-Length: 0\r\n\r\n"

// TestPeekLeavesOddMessagesToTheParser asks what a glance takes, and what it does not.
func TestPeekLeavesOddMessagesToTheParser(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		ok   bool
		tag  string
	}{
		"ordinary":       {peekedInvite, true, ""},
		"of a dialog":    {strings.Replace(peekedInvite, "0001@127.0.0.1>\r\nCall", "0001@127.0.0.1;tag=x>;TAG=abc\r\nCall", 1), true, "abc"},
		"compact":        {strings.NewReplacer("Via:", "v :", "From:", "f:", "Call-ID", "I").Replace(peekedInvite), true, ""},
		"folded":         {strings.Replace(peekedInvite, "tag=t1\r\n", "tag=t1\r\n ;x\r\n", 1), false, ""},
		"two Call-IDs":   {strings.Replace(peekedInvite, "CSeq", "i: b\r\nCSeq", 1), false, ""},
		"no From":        {strings.Replace(peekedInvite, "From:", "Form:", 1), false, ""},
		"another Via":    {strings.Replace(peekedInvite, "SIP/2.0/UDP", "SIP/3.0/UDP", 1), false, ""},
		"half a hop":     {strings.Replace(peekedInvite, ";rport", ";rport, 10.0.0.1", 1), false, ""},
		"without an end": {strings.TrimSuffix(peekedInvite, "\r\n\r\n"), false, ""},
	} {
		if p, ok := Peek([]byte(test.text)); ok != test.ok || ok && p.ToTag != test.tag {
			t.Errorf("%s: got %t, tag %q", name, ok, p.ToTag)
		}
	}
}

// FuzzPeek asks that what a glance finds is what the parser finds, and that a
// response may copy it.
func FuzzPeek(f *testing.F) {
	for _, text := range []string{
		peekedInvite, strings.Replace(peekedInvite, "Call-ID", "i", 1),
		strings.Replace(peekedInvite, "Via: ", "v: SIP/2.0/UDP a, SIP/2.0/TCP ", 1),
		"ACK sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=x1\r\nCall-ID: 1\r\nCSeq: 1 ACK\r\n\r\n",
		"INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP\r\n\r\n", "INVITE \r\n\r\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, ok := Peek(data)
		if !ok {
			return
		}
		via, _ := AppendVia(nil, p.Via, netip.MustParseAddrPort("127.0.0.1:9"))
		for _, value := range []string{string(via), string(p.From), string(p.To), string(p.CallID), string(p.CSeq)} {
			if strings.ContainsAny(value, "\r\n") {
				t.Fatalf("%q breaks a response", value)
			}
		}
		parsed, err := sip.ParseMessage(data)
		if err != nil {
			return
		}
		request, isRequest := parsed.(*sip.Request)
		if isRequest && request.CallID() != nil && request.CallID().Value() != string(p.CallID) {
			t.Errorf("Call-ID %q, the parser says %q", p.CallID, request.CallID().Value())
		}
	})
}
