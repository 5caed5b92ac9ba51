package header

import (
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

const plainInvite = "INVITE sip:+15551230001@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;ttl=16;branch=z9hG4bKa;rport\r\n" +
	"Max-Forwards: 70\r\nRoute: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\nRecord-Route: <sip:p1;lr>\r\n" +
	"From: \"A, B; = C\" <sip:+15550100@127.0.0.1>;tag=t1\r\nTo: <sip:+15551230001@127.0.0.1>\r\nCall-ID: blanks-1\r\nCSeq: 1 INVITE\r\n" +
	"Contact: <sip:peek@127.0.0.1:9>;q=0.5\r\nContent-Length: 0\r\n\r\n"

// TestBlanksOfTheGrammarMeanNothing asks that a message with odd blanks is the one
// without them (RFC 3261 §25.1), and that quoted text keeps its own.
func TestBlanksOfTheGrammarMeanNothing(t *testing.T) {
	t.Parallel()
	want, err := NewParser().ParseSIP([]byte(plainInvite))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range [][2]string{
		{"Via: SIP/2.0/UDP 127.0.0.1:9;ttl=16;branch=z9hG4bKa;rport", "Via: SIP / 2.0 / UDP 127.0.0.1: 9;ttl=16 ;branch=z9hG4bKa ;rport"},
		{"Via: SIP/2.0/UDP 127.0.0.1:9;ttl", "v :SIP/2.0/UDP\t127.0.0.1 : 9 ;ttl"},
		{"Via: SIP/2.0/UDP 127.0.0.1:9;ttl=16;branch=z9hG4bKa;rport", "Via: SIP/2.0/UDP   127.0.0.1:9 ; ttl = 16 ; branch = z9hG4bKa ; rport"},
		{"Via: SIP/2.0/UDP 127", "Via:\r\n SIP/2.0/UDP\r\n\t 127"},
		{"CSeq: 1 INVITE", "CSeq: 1  \t INVITE"},
		{"CSeq: 1 INVITE", "cseq : 1\r\n INVITE"},
		{";tag=t1", "; tag=t1"},
		{";tag=t1", " ; tag = t1 "},
		{"From: \"A, B; = C\" <", "f:\"A, B; = C\"   <"},
		{"To: <", "t : \t <"},
		{"Contact: <sip:peek@127.0.0.1:9>;q=0.5", "m: <sip:peek@127.0.0.1:9> ;\r\n q = 0.5"},
		{"Route: <sip:p1;lr>\r\nRoute: <sip:p2;lr>", "Route: <sip:p1;lr> ,\t <sip:p2;lr>"},
		{"Route: <sip:p1;lr>\r\nRoute: <sip:p2;lr>", "Route: <sip:p1;lr> ; lr = x , \r\n <sip:p2;lr>"},
		{"Record-Route: <sip:p1;lr>", "Record-Route: <sip:p1;lr> ; lr = x"},
		{"Max-Forwards: 70", "MAX-FORWARDS :\t 70 "},
		{"Content-Length: 0", "l :  0 "},
	} {
		text := strings.Replace(plainInvite, test[0], test[1], 1)
		if text == plainInvite {
			t.Fatalf("%q does not stand in the message", test[0])
		}
		got, err := NewParser().ParseSIP([]byte(text))
		if err != nil {
			t.Errorf("%q: %v", test[1], err)
		} else if got.String() != want.String() {
			t.Errorf("%q is read as\n%s", test[1], got)
		}
	}
}

// TestListsWithOddBlanksHaveAllTheirValues asks for each value of a list.
func TestListsWithOddBlanksHaveAllTheirValues(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer(
		"Via: SIP/2.0/UDP 127.0.0.1:9;ttl=16;branch=z9hG4bKa;rport", "Via: SIP / 2.0 / UDP a : 1 ; branch = z9hG4bKa , SIP / 2.0 / TCP b ; branch = z9hG4bKb,SIP/2.0/TLS c;branch=z9hG4bKc",
		"Contact: <sip:peek@127.0.0.1:9>;q=0.5", "Contact: sip:a@x ; q = 1 , sip:b@x ;q=0.5, \"c, \" <sip:c@x>",
	).Replace(plainInvite)
	message, err := NewParser().ParseSIP([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, field := range message.GetHeaders("Via") {
		v := field.(*sip.ViaHeader)
		branch, _ := v.Params.Get("branch")
		got = append(got, v.Transport+" "+v.Host+" "+branch)
	}
	for _, field := range message.GetHeaders("Contact") {
		c := field.(*sip.ContactHeader)
		q, _ := c.Params.Get("q")
		got = append(got, c.Address.User+" "+c.Address.Scheme+" "+q)
	}
	const want = "UDP a z9hG4bKa|TCP b z9hG4bKb|TLS c z9hG4bKc|a sip 1|b sip 0.5|c sip "
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}

// TestUsualMessagesAreOnlyLookedAt asks that the parser allocates no more than sipgo's.
func TestUsualMessagesAreOnlyLookedAt(t *testing.T) {
	ours, theirs := NewParser(), sip.NewParser()
	count := func(p *sip.Parser) float64 {
		return testing.AllocsPerRun(100, func() { p.ParseSIP([]byte(peekedInvite)) })
	}
	if got, want := count(ours), count(theirs); got > want {
		t.Errorf("%v allocations, sipgo's parser has %v", got, want)
	}
}

// FuzzBlanks asks that no value breaks what removes its blanks, and that nothing is
// left to remove.
func FuzzBlanks(f *testing.F) {
	f.Add("SIP / 2.0 / UDP a : 1 ; branch = x , SIP/2.0/TCP b")
	f.Add(`"a \" , b" <sip:a@b> ; x = "y ; z" , <sip:c>`)
	f.Fuzz(func(t *testing.T, value string) {
		for _, kind := range []blanks{via, address, addresses, sequence} {
			plain := kind.remove(value)
			if len(plain) > len(value) || kind.remove(plain) != plain {
				t.Errorf("%q becomes %q, then %q", value, plain, kind.remove(plain))
			}
		}
		message := strings.Replace(plainInvite, "<sip:peek@127.0.0.1:9>;q=0.5", value, 1)
		message = strings.Replace(message, "Max-Forwards: 70", "Via: "+value, 1)
		NewParser().ParseSIP([]byte(message))
	})
}

func BenchmarkParse(b *testing.B) {
	for name, parser := range map[string]*sip.Parser{"ours": NewParser(), "sipgo": sip.NewParser()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				parser.ParseSIP([]byte(peekedInvite))
			}
		})
	}
}
