package sip

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/trunk"
)

// scriptedCallee is a socket that is called and answers by a script.
type scriptedCallee struct {
	conn net.PacketConn
	from net.Addr
	log  []string // requests, without repetitions
}

// request returns the next request of a method.
func (c *scriptedCallee) request(t *testing.T, method string) string {
	t.Helper()
	c.conn.SetReadDeadline(time.Now().Add(patience))
	buffer := make([]byte, 65536)
	for {
		n, from, err := c.conn.ReadFrom(buffer)
		if err != nil {
			t.Fatalf("no %s came: %v, but %q", method, err, c.log)
		}
		text := string(buffer[:n])
		c.from = from
		if !slices.Contains(c.log, text) {
			c.log = append(c.log, text)
			if strings.HasPrefix(text, method+" ") {
				return text
			}
		}
	}
}

// fieldOf is the value of a field of a message that we write; "" where it is not there.
func fieldOf(message, name string) string {
	_, value, _ := strings.Cut(message, "\r\n"+name+": ")
	value, _, _ = strings.Cut(value, "\r\n")
	return value
}

// fieldsOf are all values of one.
func fieldsOf(message, name string) (list []string) {
	for _, line := range strings.Split(message, "\r\n") {
		if value, ok := strings.CutPrefix(line, name+": "); ok {
			list = append(list, value)
		}
	}
	return list
}

// respond answers a request: lines are added to Via, From, Call-ID and CSeq, and To gets
// a tag. PORT stands for the callee's.
func (c *scriptedCallee) respond(t *testing.T, request, status, tag, lines, body string) {
	t.Helper()
	to := fieldOf(request, "To")
	if tag != "" {
		to += ";tag=" + tag
	}
	text := "SIP/2.0 " + status + "\r\n"
	for _, name := range []string{"Via", "From", "Call-ID", "CSeq"} {
		text += name + ": " + fieldOf(request, name) + "\r\n"
	}
	text += "To: " + to + "\r\n" + c.here(lines)
	if body != "" {
		text += "Content-Type: application/sdp\r\n"
	}
	text += fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
	if _, err := c.conn.WriteTo([]byte(text), c.from); err != nil {
		t.Fatal(err)
	}
}

func (c *scriptedCallee) here(text string) string {
	_, port, _ := net.SplitHostPort(c.conn.LocalAddr().String())
	return strings.ReplaceAll(text, "PORT", port)
}

func newScriptedCallee(t *testing.T) (*scriptedCallee, trunk.Trunk) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	at := addressOf(conn.LocalAddr())
	return &scriptedCallee{conn: conn}, trunk.Trunk{Name: "carrier", Host: at.Addr().String(), Port: int(at.Port()), Sources: loopback}
}

// TestAnswersOfOtherStacksAreTaken has callees that answer as the RFCs permit and as other
// stacks do, and asks where our ACK and BYE go.
func TestAnswersOfOtherStacksAreTaken(t *testing.T) {
	t.Parallel()
	const contact = "Contact: <sip:callee@127.0.0.1:PORT>\r\n"
	for _, test := range []struct {
		name, lines, tag string
		uri              string   // of ACK and BYE
		routes           []string // in them
	}{
		{"a plain Contact", contact, "a", "sip:callee@127.0.0.1:PORT", nil},
		{"a Contact with parameters of both kinds", "Contact: \"Call, ee\" <sip:callee@127.0.0.1:PORT;ob;transport=udp>;+sip.instance=\"<urn:uuid:1>\";q=0.5\r\n", "a", "sip:callee@127.0.0.1:PORT;ob;transport=udp", nil},
		{"a Contact without brackets", "Contact: sip:callee@127.0.0.1:PORT;expires=60\r\n", "a", "sip:callee@127.0.0.1:PORT", nil},
		{"a compact Contact", "m: <sip:callee@127.0.0.1:PORT>\r\n", "a", "sip:callee@127.0.0.1:PORT", nil},
		{"a Contact without a user", "Contact: <sip:127.0.0.1:PORT>\r\n", "a", "sip:127.0.0.1:PORT", nil},
		{"no Contact", "", "a", "sip:+15557770000@127.0.0.1:PORT;user=phone", nil},
		{"no To tag", contact, "", "sip:callee@127.0.0.1:PORT", nil},
		{"recorded routes in one field and in two", contact + "Record-Route: <sip:127.0.0.1:PORT;lr;x=1>, \"Edge, 2\" <sip:127.0.0.1:PORT;lr=on;x=2>;p=1\r\nRecord-Route: <sip:127.0.0.1:PORT;lr;x=3>\r\n", "a",
			"sip:callee@127.0.0.1:PORT", []string{"<sip:127.0.0.1:PORT;lr;x=3>", "<sip:127.0.0.1:PORT;lr=on;x=2>", "<sip:127.0.0.1:PORT;lr;x=1>"}},
		{"a strict router", contact + "Record-Route: <sip:127.0.0.1:PORT;x=1>\r\n", "a", "sip:127.0.0.1:PORT;x=1", []string{"<sip:callee@127.0.0.1:PORT>"}},
		{"a loose router before a strict one", contact + "Record-Route: <sip:127.0.0.1:PORT;x=2>,\r\n <sip:127.0.0.1:PORT;lr;x=1>\r\n", "a", "sip:callee@127.0.0.1:PORT", []string{"<sip:127.0.0.1:PORT;lr;x=1>", "<sip:127.0.0.1:PORT;x=2>"}},
		{"session timers without a refresher", contact + "Session-Expires: 1800\r\nRequire: timer\r\n", "a", "sip:callee@127.0.0.1:PORT", nil},
		{"fields that nobody knows", contact + "Allow-Events: talk\r\nP-Charging-Vector: icid-value=x;orig-ioi=\"a,b\"\r\nWarning: 399 h \"text\"\r\nX-Empty:\r\n", "a", "sip:callee@127.0.0.1:PORT", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			callee, via := newScriptedCallee(t)
			r := newRig(t, nil, via)
			made := r.dial(t, "+15557770000")
			invite := callee.request(t, "INVITE")
			callee.respond(t, invite, "200 OK", test.tag, test.lines, tortureSDP)
			ack := callee.request(t, "ACK")
			expect[call.Answered](t, made)
			made.End(call.Reason{Kind: call.EndedByApplication})
			bye := callee.request(t, "BYE")
			for method, request := range map[string]string{"ACK": ack, "BYE": bye} {
				uri, _, _ := strings.Cut(strings.TrimPrefix(request, method+" "), " ")
				if want := callee.here(test.uri); uri != want {
					t.Errorf("%s goes to %s, want %s", method, uri, want)
				}
				var want []string
				for _, route := range test.routes {
					want = append(want, callee.here(route))
				}
				if got := fieldsOf(request, "Route"); !slices.Equal(got, want) {
					t.Errorf("Route of %s is %q, want %q", method, got, want)
				}
				if to := fieldOf(request, "To"); strings.HasSuffix(to, ";tag="+test.tag) != (test.tag != "") {
					t.Errorf("To of %s is %s", method, to)
				}
			}
			callee.respond(t, bye, "200 OK", "", "", "")
			expect[call.Ended](t, made)
		})
	}
}

// TestBranchThatAnswersIsTheDialog has a proxy that forks: two branches ring, one of them
// with sound, and the other answers.
func TestBranchThatAnswersIsTheDialog(t *testing.T) {
	t.Parallel()
	callee, via := newScriptedCallee(t)
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	invite := callee.request(t, "INVITE")
	callee.respond(t, invite, "180 Ringing", "a", "Contact: <sip:a@127.0.0.1:PORT>\r\n", "")
	expect[call.Ringing](t, made)
	callee.respond(t, invite, "183 Session Progress", "b", "Contact: <sip:b@127.0.0.1:PORT>\r\n", tortureSDP)
	expect[call.EarlySound](t, made)
	callee.respond(t, invite, "181 Call Is Being Forwarded", "c", "", "")
	callee.respond(t, invite, "200 OK", "a", "Contact: <sip:a@127.0.0.1:PORT>\r\n", strings.ReplaceAll(tortureSDP, "49170", "49180"))
	ack := callee.request(t, "ACK")
	expect[call.Answered](t, made)
	if to := fieldOf(ack, "To"); !strings.HasSuffix(to, ";tag=a") || !strings.HasPrefix(ack, callee.here("ACK sip:a@127.0.0.1:PORT ")) {
		t.Errorf("the ACK is %s", ack)
	}
	to := make(chan uint16, 1)
	l := made.Leg.(*leg)
	l.post(func() { to <- l.media.agreed.Remote.Port() })
	if got := <-to; got != 49180 {
		t.Errorf("the sound goes to port %d: to the branch that did not answer", got)
	}
	made.End(call.Reason{Kind: call.EndedByApplication})
	bye := callee.request(t, "BYE")
	if to := fieldOf(bye, "To"); !strings.HasSuffix(to, ";tag=a") {
		t.Errorf("the BYE is %s", bye)
	}
	callee.respond(t, bye, "200 OK", "", "", "")
	expect[call.Ended](t, made)
}

// TestAnswersThatCannotBeTakenAreHungUp asks for ACK and BYE, and for a reason.
func TestAnswersThatCannotBeTakenAreHungUp(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"the stream is refused":       strings.ReplaceAll(tortureSDP, "49170", "0"),
		"a codec that nobody offered": strings.ReplaceAll(tortureSDP, "AVP 0", "AVP 18"),
		"no description":              "",
		"no description that is one":  "v=0\r\nwords",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			callee, via := newScriptedCallee(t)
			r := newRig(t, nil, via)
			made := r.dial(t, "+15557770000")
			callee.respond(t, callee.request(t, "INVITE"), "200 OK", "a", "Contact: <sip:a@127.0.0.1:PORT>\r\n", body)
			callee.request(t, "ACK")
			callee.respond(t, callee.request(t, "BYE"), "200 OK", "", "", "")
			if why := expect[call.Ended](t, made).Reason; why.Kind != call.Unsupported || why.Text == "" {
				t.Errorf("the reason is %+v", why)
			}
		})
	}
}
