package parse

import (
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

const invite = "INVITE sip:+15551230001@127.0.0.1;user=phone SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKa;rport\r\n" +
	"Max-Forwards: 70\r\nFrom: \"A, B; = C\" <sip:+15550100@127.0.0.1>;tag=t1\r\nTo: Jürgen <sip:+15551230001@127.0.0.1>\r\nCall-ID: usual-1@host\r\nCSeq: 1 INVITE\r\n" +
	"Contact: <sip:usual@127.0.0.1:9;transport=udp>\r\nSupported: 100rel, timer\r\nUser-Agent: a test\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n"

const ringing = "SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKa;rport=9;received=127.0.0.1\r\n" +
	"Record-Route: <sip:p1;lr>\r\nRecord-Route: <sip:p2:5080;lr>\r\nf: <sips:+15550100@h.example>;tag=t1\r\nt: sip:b@h.example;tag=t2\r\ni: usual-2\r\nCSEQ: 7 INVITE\r\nl: 0\r\n\r\n"

// replaced is a message with some of its text replaced.
func replaced(t *testing.T, text, old, with string) []byte {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("%q does not stand in the message", old)
	}
	return []byte(strings.Replace(text, old, with, 1))
}

// compare asks that a message which is of the usual form is what sipgo's parser reads, and
// reports whether it is of that form.
func compare(t *testing.T, data []byte) (isUsual bool) {
	t.Helper()
	got := usual(data)
	if got == nil {
		return false
	}
	want, err := whole.ParseSIP(data)
	if err != nil {
		t.Fatalf("sipgo refuses %q: %v", data, err)
	}
	if got.String() != want.String() || !reflect.DeepEqual(got, want) {
		t.Fatalf("%q is read as\n%#v\n%s\nand by sipgo as\n%#v\n%s", data, got, got, want, want)
	}
	// The topmost of a list is found by the message alone, and so are fields that are read late.
	if got.Via() != nil && !reflect.DeepEqual(got.Via(), want.Via()) {
		t.Errorf("%q: Via is %v, and by sipgo %v", data, got.Via(), want.Via())
	}
	return true
}

// TestUsualMessagesAreReadHere asks for the messages that phones and trunks send most.
func TestUsualMessagesAreReadHere(t *testing.T) {
	t.Parallel()
	for _, test := range [][3]string{
		{invite, "", ""},
		{ringing, "", ""},
		{invite, "INVITE sip:+15551230001@127.0.0.1;user=phone", "PUBLISH sips:127.0.0.1:5061"},
		{invite, "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKa;rport", "v:  SIP/2.0/TCP host.example;rport;branch=z9hG4bKa "},
		{invite, "From: \"A, B; = C\" <sip:+15550100@127.0.0.1>", "FROM: \"\" <sip:127.0.0.1;x=a@b;y>"},
		{invite, "From: \"A, B; = C\" <sip:+15550100@127.0.0.1>", "From: Alice Adams <sip:+1555;npdi;rn=+1@127.0.0.1>;tag=old"},
		{invite, "To: Jürgen <sip:+15551230001@127.0.0.1>", "To: sip:+15551230001@127.0.0.1;a=1;b=2;c=3;d=4;e=5;f=6;g=7;h=8;i=9"},
		{invite, "To: Jürgen <sip:+15551230001@127.0.0.1>", "To: \"Jürgen\" <sip:+15551230001@127.0.0.1>"},
		{invite, "Content-Type: application/sdp\r\nContent-Length: 5\r\n", ""},
		{invite, "Content-Length: 5", "Content-Length: 3"},
		{invite, "Content-Length: 5", "Content-Length: 0"},
		{invite, "Contact: <sip:usual@127.0.0.1:9;transport=udp>\r\n", ""},
		{ringing, "180 Ringing", "200 "},
	} {
		if data := replaced(t, test[0], test[1], test[2]); !compare(t, data) {
			t.Errorf("%q is left to sipgo", data)
		}
	}
}

// TestLinesOfAnotherFormAreReadBySipgo asks that a line which is not of the usual form, and
// what the message has twice, is read as before, beside the other lines.
func TestLinesOfAnotherFormAreReadBySipgo(t *testing.T) {
	t.Parallel()
	for _, test := range [][2]string{
		{"Via: SIP/2.0/UDP 127.0.0.1:9", "Via: SIP/2.0/UDP [::1]:9"},
		{"Via: SIP/2.0/UDP 127.0.0.1:9", "Via: SIP / 2.0 / UDP 127.0.0.1 : 9 "},
		{"Via: SIP", "Via: SIP/2.0/TCP a;branch=z9hG4bKb , SIP/2.0/TLS b;branch=z9hG4bKc\r\nVia: SIP"},
		{"Via: SIP", "Via: SIP/2.0/TCP a;branch=z9hG4bKb\r\nVia: SIP"},
		{"\"A, B; = C\" <", "\"A \\\" B\"  <"},
		{"From: \"A, B; = C\" <sip:+15550100@127.0.0.1>", "From : <tel:+15550100>"},
		{";tag=t1", " ; tag = \"a b\""},
		{";tag=t1", ";tag"},
		{"Call-ID: usual-1@host", "Call-ID: usual-1@host\r\ni: usual-2"},
		{"CSeq: 1 INVITE", "CSeq: 1  INVITE"},
		{"Contact: <sip:usual@127.0.0.1:9;transport=udp>", "Contact: *"},
		{"Contact: <sip:usual@127.0.0.1:9;transport=udp>", "Contact: <sip:a:b@[::1]:9?x=y>;+sip.instance=\"<urn:uuid:1>\", sip:b@x;q=0.5\r\nm: <sip:c@x>"},
		{"Max-Forwards: 70", "Max-Forwards: 70\r\nMax-Forwards: 0068"},
		{"Content-Length: 5", "Content-Length: 5\r\nContent-Length: 3"},
		{"Supported: 100rel, timer", "Supported : 100rel, timer\r\nRoute: <sip:p1;lr>,<sip:p2;lr>;x\r\nRoute: <sip:p3>\r\nk: \u00a0x\u00a0"},
	} {
		if data := replaced(t, invite, test[0], test[1]); !compare(t, data) {
			t.Errorf("%q is left to sipgo as a whole", data)
		}
	}
}

// TestWrongMessagesAreRefusedAsBefore asks for an error, or for a message that sipgo reads,
// where the frame of a message is broken: its lines, its lengths, what must not stand in it.
func TestWrongMessagesAreRefusedAsBefore(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		old, with string
		refused   bool
	}{
		{"Max-Forwards: 70\r\n", "Max-Forwards: 70\n", true},
		{"Max-Forwards: 70\r\n", "Max-Forwards: 70\r", true},
		{"User-Agent: a test", "User-Agent: a\rX-Injected: test", true},
		{"usual-1@host", "usual-1@host\r X-Injected: test", true},
		{"User-Agent: a test", "User-Agent", true},
		{"User-Agent: a test", "User-Agent: a test\r\n and more", false},
		{"User-Agent: a test", "User-Agent: a\ttest", false},
		{"\r\n\r\n", "\r\n", true},
		{"Content-Length: 5", "Content-Length: 6", true},
		{"Content-Length: 5", "Content-Length: -1", true},
		{"Content-Length: 5", "Content-Length: 99999999999999999999", true},
		{"CSeq: 1 INVITE", "CSeq: 2147483648 INVITE", true},
		{"CSeq: 1 INVITE", "CSeq: INVITE", true},
		{"Call-ID: usual-1@host", "Call-ID:", true},
		{"To: Jürgen <sip", "To: Jürgen <sip:\x00", false},
		{"To: Jürgen <sip:+15551230001@127.0.0.1>", "To: *", true},
		{"INVITE sip", "INVITE  sip", true},
		{"INVITE sip", "invite sip", false},
		{"SIP/2.0\r\n", "SIP/3.0\r\n", false},
		{" SIP/2.0\r\n", "\r\n", true},
		{invite, ringing[:19] + "\r\n\r\n", false},
		{invite, "", true},
		{invite, "\r\n\r\n", true},
	} {
		data := replaced(t, invite, test.old, test.with)
		if _, err := Datagram(data); (err != nil) != test.refused {
			t.Errorf("%q: %v", data, err)
		}
		compare(t, data)
	}
}

// TestMessagesKeepNothingOfTheDatagram asks that a buffer may be used again.
func TestMessagesKeepNothingOfTheDatagram(t *testing.T) {
	t.Parallel()
	data := []byte(invite)
	message, err := Datagram(data)
	if err != nil {
		t.Fatal(err)
	}
	want := message.String()
	clear(data)
	if message.String() != want {
		t.Errorf("it has become %s", message)
	}
}

// TestParametersThatAreAddedStayInTheirField asks that the parameters of one field, which lie
// beside those of others, do not write over them.
func TestParametersThatAreAddedStayInTheirField(t *testing.T) {
	t.Parallel()
	message := usual([]byte(invite))
	request := message.(*sip.Request)
	request.Via().Params.Add("received", "192.0.2.1")
	request.From().Params.Add("x", "y")
	request.To().Params.Add("tag", "t2")
	for got, want := range map[string]string{
		request.Via().Value():     "SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKa;rport;received=192.0.2.1",
		request.From().Value():    "\"A, B; = C\" <sip:+15550100@127.0.0.1>;tag=t1;x=y",
		request.To().Value():      "\"Jürgen\" <sip:+15551230001@127.0.0.1>;tag=t2",
		request.Contact().Value(): "<sip:usual@127.0.0.1:9;transport=udp>",
	} {
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// TestUsualMessagesTakeFewAllocations bounds what a message costs: itself, its text, the list
// of its fields, its body and sipgo's note of its length, and one for each field that has no
// type of its own.
func TestUsualMessagesTakeFewAllocations(t *testing.T) {
	for text, most := range map[string]float64{strings.Replace(invite, "Jürgen ", "", 1): 5 + 2, ringing: 3 + 2} {
		data := []byte(text)
		if n := testing.AllocsPerRun(100, func() { Datagram(data) }); n > most {
			t.Errorf("%v allocations for %s", n, text)
		}
	}
}

// TestRandomLinesAreReadAsBySipgo makes lines of what has a meaning in one field or another.
func TestRandomLinesAreReadAsBySipgo(t *testing.T) {
	t.Parallel()
	names := []string{"Via", "v", "From", "To", "t", "Contact", "m", "Route", "Record-Route", "CSeq", "Call-ID", "Max-Forwards", "Content-Length", "Content-Type", "Refer-To", "X"}
	pieces := []string{
		"SIP/2.0/UDP ", "<sip:", "sip:", "sips:a@", "tel:", "a", "b", "1", "70", "@", ":", ";", "=", ",", ">", "<", `"`, `\`, " ", "\t", "[::1]", "?", "*", "&", "/", "%20", "é", "\u00a0",
		";tag=", ";a=b", ";lr", " INVITE", `"c d" <sip:`, "e f <sip:", ">;q=0.5", ":5060",
	}
	random, read := rand.New(rand.NewPCG(1, 2)), 0
	for range 20_000 {
		var value strings.Builder
		for range 1 + random.IntN(7) {
			value.WriteString(pieces[random.IntN(len(pieces))])
		}
		line := names[random.IntN(len(names))] + ": " + value.String() + "\r\n"
		asURI, asField := "INVITE sip:a"+value.String()+" SIP/2.0\r\nX: y\r\n\r\n", "INVITE sip:a SIP/2.0\r\n"+line+line+"\r\n"
		if compare(t, []byte(asURI)) {
			read++
		}
		if compare(t, []byte(asField)) {
			read++
		}
	}
	if read < 500 {
		t.Errorf("only %d of them were read here", read)
	}
}

// torture is the messages after RFC 4475 that the tests of package sip send.
func torture(t testing.TB) (list [][]byte) {
	t.Helper()
	text, err := os.ReadFile("../testdata/torture.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range strings.Split(string(text), "\n== ")[1:] {
		_, message, _ := strings.Cut(section, "\n")
		message = strings.ReplaceAll(strings.TrimRight(message, "\n")+"\n\n", "\n", "\r\n")
		list = append(list, []byte(strings.NewReplacer("HOST", "127.0.0.1", "Content-Length: SDP", "Content-Length: 5").Replace(message)))
	}
	return list
}

// TestTortureMessagesAreReadAsBySipgo asks it of each message of RFC 4475, some of which are
// of the usual form.
func TestTortureMessagesAreReadAsBySipgo(t *testing.T) {
	t.Parallel()
	read := 0
	for _, message := range torture(t) {
		if compare(t, message) {
			read++
		}
	}
	if read < 10 {
		t.Errorf("only %d of them were read here", read)
	}
}

// FuzzDatagram asks that what is read here is what sipgo's parser reads.
func FuzzDatagram(f *testing.F) {
	for _, message := range append(torture(f), []byte(invite), []byte(ringing)) {
		f.Add(message)
	}
	f.Fuzz(func(t *testing.T, data []byte) { compare(t, data) })
}

// FuzzLine puts a line into a message that is of the usual form else, and repeats it.
func FuzzLine(f *testing.F) {
	for line := range strings.SplitSeq(invite+ringing, "\r\n") {
		f.Add(line)
	}
	f.Add("Via: SIP/2.0/UDP [::1]:9;a=b;c;d=;e=\"f\";g,SIP/2.0/UDP h ; i = j")
	f.Add("Contact: \"a, \\\" b\" <sip:c:d@e:1;f=g?h=i>;j=k;l, sip:m;n")
	f.Fuzz(func(t *testing.T, line string) {
		compare(t, []byte(strings.Replace(invite, "User-Agent", line+"\r\nUser-Agent", 1)))
		compare(t, []byte(line+"\r\n"+line+invite[strings.Index(invite, "\r\n"):]))
	})
}

// readers are those that benchmarks compare.
var readers = map[string]func([]byte) (sip.Message, error){"ours": Datagram, "sipgo": whole.ParseSIP}

func BenchmarkDatagram(b *testing.B) {
	for name, read := range readers {
		b.Run(name, func(b *testing.B) {
			data := []byte(strings.Replace(invite, "Jürgen ", "", 1))
			b.ReportAllocs()
			for b.Loop() {
				read(data)
			}
		})
	}
}

// BenchmarkColdDatagram is the median of a message that comes while the processor's caches
// have other things in them, as at 100 calls a second.
func BenchmarkColdDatagram(b *testing.B) {
	others := make([]byte, 64<<20)
	for name, read := range readers {
		b.Run(name, func(b *testing.B) {
			data := []byte(strings.Replace(invite, "Jürgen ", "", 1))
			var took []time.Duration
			for b.Loop() {
				for i := 0; i < len(others); i += 64 {
					others[i]++
				}
				began := time.Now()
				read(data)
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "ns/message")
			b.ReportMetric(0, "ns/op")
		})
	}
}
