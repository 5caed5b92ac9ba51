package transaction

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

func TestResponseRepeatsWhatTheRequestHas(t *testing.T) {
	t.Parallel()
	const via = "Via: SIP/2.0/UDP 192.0.2.7:5060;rport=40001;branch=z9hG4bKa;received=192.0.2.7\r\nVia: SIP/2.0/UDP second.example;branch=z9hG4bK-2\r\n"
	const route, ends = "Record-Route: <sip:proxy.example;lr>\r\n", "From: <sip:bob@example.com>;tag=b\r\nTo: <sip:alice@example.com>"
	for name, test := range map[string]struct {
		method string
		status int
		want   string
	}{
		"100":         {"INVITE", 100, via + ends + "\r\nCall-ID: c1\r\nCSeq: 7 INVITE\r\nTimestamp: 54\r\nContent-Length: 0\r\n\r\n"},
		"200":         {"INVITE", 200, route + via + ends + ";tag=TAG\r\nCall-ID: c1\r\nCSeq: 7 INVITE\r\nContent-Length: 0\r\n\r\n"},
		"486":         {"INVITE", 486, via + ends + ";tag=TAG\r\nCall-ID: c1\r\nCSeq: 7 INVITE\r\nContent-Length: 0\r\n\r\n"},
		"to REGISTER": {"REGISTER", 200, via + ends + ";tag=TAG\r\nCall-ID: c1\r\nCSeq: 7 REGISTER\r\nContent-Length: 0\r\n\r\n"},
	} {
		asked := request(t, test.method, "a")
		before := asked.String()
		response := Response(asked, test.status, "Phrase")
		if tag, ok := response.To().Params.Get("tag"); ok {
			response.To().Params.Add("tag", "TAG")
			if len(tag) < 10 {
				t.Errorf("%s: the tag is %q", name, tag)
			}
		}
		fields := strings.SplitN(string(Encode(response)), "\r\n", 2)[1]
		if got := inOrder(fields); got != inOrder(test.want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, inOrder(test.want))
		}
		if asked.String() != before {
			t.Errorf("%s: the request has become\n%s", name, asked)
		}
	}
}

// inOrder puts Record-Route first: the order of different fields has no meaning.
func inOrder(fields string) string {
	var routes, others []string
	for line := range strings.SplitSeq(fields, "\r\n") {
		if strings.HasPrefix(line, "Record-Route") {
			routes = append(routes, line)
		} else {
			others = append(others, line)
		}
	}
	return strings.Join(append(routes, others...), "\n")
}

// TestViaTellsWhereARequestCameFrom where that is another address than the Via names, or a
// name (RFC 3261 §18.2.1), or where the Via asks for it (RFC 3581 §4).
func TestViaTellsWhereARequestCameFrom(t *testing.T) {
	t.Parallel()
	const v4, v6 = "192.0.2.7:40001", "[2001:db8::7]:40001"
	for _, test := range []struct{ via, source, want string }{
		{"192.0.2.7:5060", v4, ""},
		{"192.0.2.7:5060;rport", v4, ";rport=40001;received=192.0.2.7"},
		{"10.0.0.7:5060", v4, ";received=192.0.2.7"},
		{"10.0.0.7;rport", v4, ";rport=40001;received=192.0.2.7"},
		{"phone.example", v4, ";received=192.0.2.7"},
		{"10.0.0.7;rport=5060", v4, ";rport=5060;received=192.0.2.7"},
		{"[2001:db8::7]:5060", v6, ""},
		{"[2001:DB8:0::7]:5060", v6, ""},
		{"[2001:db8::8]:5060", v6, ";received=2001:db8::7"},
	} {
		message, err := sip.ParseMessage([]byte("OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP " + test.via + ";branch=z9hG4bKx\r\nContent-Length: 0\r\n\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		asked := message.(*sip.Request)
		asked.SetSource(test.source)
		via := Response(asked, 200, "OK").Via()
		got := ""
		for _, p := range via.Params {
			if p.K != "branch" {
				got += ";" + p.K + "=" + p.V
			}
		}
		if got != test.want {
			t.Errorf("%s from %s: %q, want %q", test.via, test.source, got, test.want)
		}
	}
}

func TestTagOfTheRequestIsKept(t *testing.T) {
	t.Parallel()
	asked := request(t, "BYE", "a")
	asked.To().Params.Add("tag", "ours")
	if tag, _ := Response(asked, 200, "OK").To().Params.Get("tag"); tag != "ours" {
		t.Errorf("tag %q", tag)
	}
}

func TestResponsesGoWhereTheRequestAsks(t *testing.T) {
	t.Parallel()
	source := netip.MustParseAddrPort("198.51.100.9:40001")
	for via, want := range map[string]string{
		"192.0.2.7:5070;rport":       "198.51.100.9:40001",
		"192.0.2.7:5070":             "198.51.100.9:5070",
		"192.0.2.7:5070;rport=40001": "198.51.100.9:5070",
		"phone.example":              "198.51.100.9:5060",
		"192.0.2.7:70000":            "198.51.100.9:5060",
	} {
		message, err := sip.ParseMessage([]byte("OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP " + via + ";branch=z9hG4bKx\r\nContent-Length: 0\r\n\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := ResponseAddress(message.(*sip.Request), source); got.String() != want {
			t.Errorf("%s: %s, want %s", via, got, want)
		}
	}
}

func TestEncodeWritesWhatSipgoDoes(t *testing.T) {
	t.Parallel()
	for _, fields := range []string{
		"Contact: *\r\nl: 0\r\n",
		"Contact: \"A b\" <sip:a:b@[2001:db8::1]:5070;transport=tcp;lr?Subject=x&y=>;q=0.5;x=\"a b\"\r\nContent-Length: 5\r\n\r\nv=0\r\n",
		"Contact: <tel:+15550100;phone-context=x>\r\n",
		"Record-Route: <sip:p1;lr>,<sips:[::1]>\r\nRoute: <sip:x;lr>\r\nm: <sip:a@h>\r\nSubject:\r\nUser-Agent: x  y\r\n",
	} {
		for _, via := range []string{"SIP/2.0/UDP 192.0.2.7:5060;rport;branch=z9hG4bKa", "SIP/2.0/TLS [::1];branch=z9hG4bKa", "SIP/2.0/WSS h.invalid:0;alias"} {
			message, err := sip.ParseMessage([]byte("INVITE sip:alice@[2001:db8::2]:5070;user=phone SIP/2.0\r\nVia: " + via + "\r\n" +
				"From: B <sip:b@h>;tag=1\r\nTo: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 2147483647 INVITE\r\nMax-Forwards: 70\r\n" + strings.TrimSuffix(fields, "\r\nv=0\r\n") + "\r\n" + map[bool]string{true: "v=0\r\n"}[strings.HasSuffix(fields, "v=0\r\n")]))
			if err != nil {
				t.Fatalf("%v in %q", err, fields)
			}
			for _, host := range []string{"", "2001:db8::1", "fe80::1%eth0", "a:b"} { // as our own are set
				if host != "" {
					message.From().Address.Host, message.Via().Host = host, host
				}
				for _, m := range []sip.Message{message, Response(message.(*sip.Request), 200, "OK")} {
					if got := string(Encode(m)); got != m.String() {
						t.Errorf("%q, want %q", got, m)
					}
				}
			}
		}
	}
}

// TestMappedAddressesKeepTheirBrackets: hosts on sockets of both families write IPv4 addresses as
// those of IPv6, which no parser reads without brackets (RFC 5118 §4.10).
func TestMappedAddressesKeepTheirBrackets(t *testing.T) {
	t.Parallel()
	const via, from = "Via: SIP/2.0/UDP [::ffff:192.0.2.7]:5070;branch=z9hG4bKa\r\n", "From: <sip:b@[::ffff:192.0.2.7]>;tag=1\r\n"
	request, err := sip.ParseMessage([]byte("OPTIONS sip:a@h SIP/2.0\r\n" + via + from + "To: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(Encode(Response(request.(*sip.Request), 200, "OK"))); !strings.Contains(got, via) || !strings.Contains(got, from) {
		t.Errorf("answered with\n%s", got)
	}
}

// FuzzRequest lets any request arrive: its transaction is found again, and the response
// says to whom it belongs.
func FuzzRequest(f *testing.F) {
	for _, branch := range []string{"a", ""} {
		f.Add([]byte(request(f, "INVITE", branch).String()))
	}
	f.Add([]byte("OPTIONS sip:a SIP/2.0\r\nv: SIP/2.0/TCP [::1]:x;rport\r\nf: <sip:b>\r\nt: a\r\ni: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"))
	f.Add([]byte("ACK sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK\r\nVia: x\r\nCSeq: 4294967295 ACK\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		message, err := sip.ParseMessage(data)
		if err != nil {
			return
		}
		asked, ok := message.(*sip.Request)
		if !ok || len(asked.Headers()) == 0 { // which sipgo ends with two empty lines
			return
		}
		if strings.Contains(strings.ToLower(asked.String()), "ffff") { // sipgo loses the brackets of mapped addresses
			return
		}
		asked.SetSource("192.0.2.7:40001")
		key, err := KeyOf(asked)
		if again, failed := KeyOf(asked); again != key || (failed == nil) != (err == nil) {
			t.Errorf("two keys: %v and %v", key, again)
		}
		if err == nil && key.as("CANCEL") == key && key.method != "CANCEL" {
			t.Errorf("%v is the key of a CANCEL", key)
		}
		if text := Encode(asked); string(text) != asked.String() {
			t.Errorf("%q, want %q", text, asked)
		}
		response := Response(asked, 400, "Bad Request")
		if len(response.GetHeaders("via")) != len(asked.GetHeaders("via")) && len(asked.GetHeaders("v")) == 0 {
			t.Errorf("the response has other Vias:\n%s\n%s", asked, response)
		}
		if text := Encode(response); string(text) != response.String() {
			t.Errorf("%q, want %q", text, response)
		}
	})
}

// BenchmarkResponse is what a 200 costs, from the request to its bytes.
func BenchmarkResponse(b *testing.B) {
	asked := request(b, "INVITE", "a")
	asked.To().Params.Add("tag", "ours")
	b.ReportAllocs()
	for b.Loop() {
		Encode(Response(asked, 200, "OK"))
	}
}
