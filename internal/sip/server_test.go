package sip

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestUnknownSchemesAreRefused asks what a URI gets that is none of telephony (RFC 3261 §8.2.2.1).
func TestUnknownSchemesAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	conn, err := net.Dial("udp", r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	for number, test := range []struct{ uri, want string }{
		{"nobodyKnowsThis:+15551230001", "SIP/2.0 416 "}, {"urn:service:sos", "SIP/2.0 416 "}, {"TEL:+15551230001", "SIP/2.0 200 "},
	} {
		ask := request("OPTIONS", 100+number, "", "")
		_, rest, _ := strings.Cut(ask, " SIP/2.0")
		fmt.Fprint(conn, "OPTIONS "+test.uri+" SIP/2.0"+rest)
		buffer := make([]byte, 4096)
		n, err := conn.Read(buffer)
		if err != nil || !strings.HasPrefix(string(buffer[:n]), test.want) {
			t.Errorf("%s: %v\n%s", test.uri, err, buffer[:n])
		}
	}
}

// TestRequestsOutsideCallsAreAnswered asks for the statuses of RFC 3261.
func TestRequestsOutsideCallsAreAnswered(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	for _, test := range []struct {
		name, method string
		fields       []siptest.Field
		want         int
		header, has  string
	}{
		{"a probe", "OPTIONS", nil, 200, "Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"},
		{"a probe at its last hop", "OPTIONS", []siptest.Field{{Name: "Max-Forwards", Value: "0"}}, 200, "Accept", "application/sdp"},
		{"registration", "REGISTER", nil, 405, "Allow", "INVITE"},
		{"an unknown method", "FROBNICATE", nil, 405, "Allow", "INVITE"},
		{"a required extension", "INVITE", []siptest.Field{{Name: "Require", Value: "timer, nothing"}}, 420, "Unsupported", "nothing"},
		{"no hops left", "INVITE", []siptest.Field{{Name: "Max-Forwards", Value: "0"}}, 483, "", ""},
		{"an unknown dialog", "BYE", []siptest.Field{{Name: "To", Value: "<sip:x@y>;tag=nobody"}}, 481, "", ""},
		{"BYE to nothing", "BYE", nil, 481, "", ""},
		{"CANCEL of nothing", "CANCEL", nil, 481, "", ""},
		{"re-INVITE of nothing", "INVITE", []siptest.Field{{Name: "To", Value: "<sip:x@y>;tag=nobody"}}, 481, "", ""},
		{"no From tag, as RFC 2543 has it (RFC 3261 §12.1.1)", "OPTIONS", []siptest.Field{{Name: "From", Value: "<sip:x@y>"}}, 200, "", ""},
		{"another method in CSeq", "OPTIONS", []siptest.Field{{Name: "CSeq", Value: "1 INFO"}}, 400, "", ""},
		{"a body of another kind", "INVITE", []siptest.Field{{Name: "Content-Type", Value: "text/plain"}}, 415, "Accept", "application/sdp"},
	} {
		var body []byte
		if test.want == 415 {
			body = []byte("hello")
		}
		response, err := phone.RequestWith(within(t), test.method, "+15551230001", body, test.fields...)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if response.Status() != test.want || test.header != "" && !strings.Contains(response.Get(test.header), test.has) {
			t.Errorf("%s: got %s, %s %q; want %d %q", test.name, response.Start, test.header, response.Get(test.header), test.want, test.has)
		}
	}
	if len(r.application.arrived) != 0 {
		t.Error("a call arrived")
	}
}

// TestCallThatCameTwoWaysIsTakenOnce asks for 482 (RFC 3261 §8.2.2.2).
func TestCallThatCameTwoWaysIsTakenOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, err := phone.Call("+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	r.next(t)
	response, err := phone.RequestWith(within(t), "INVITE", "+15551230001", made.Describe("sendrecv"),
		siptest.Field{Name: "Call-ID", Value: made.ID}, siptest.Field{Name: "From", Value: made.Invite.Get("From")},
		siptest.Field{Name: "Content-Type", Value: "application/sdp"})
	if err != nil || response.Status() != 482 {
		t.Errorf("%v %v", err, response)
	}
}

// TestDrainRefusesNewCallsOnly asks for 503 and Retry-After while calls go on.
func TestDrainRefusesNewCallsOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, taken := r.connect(t, phone)
	r.Drain()
	second, err := phone.Call("+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	if err := second.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if got := second.Last(); got.Status() != 503 || got.Get("Retry-After") != "5" {
		t.Errorf("got %s, Retry-After %q", got.Start, got.Get("Retry-After"))
	}
	if err := made.Hold(within(t)); err != nil {
		t.Error(err)
	}
	expect[call.HoldChanged](t, taken)
}

// TestFullServerRefuses asks for 503 beyond MaxLegs, and no leg kept.
func TestFullServerRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.MaxLegs = 1 })
	phone := r.phone(t, nil)
	r.connect(t, phone)
	second, err := phone.Call("+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	if err := second.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if got := second.Last(); got.Status() != 503 || r.Legs() != 1 {
		t.Errorf("got %s with %d legs", got.Start, r.Legs())
	}
}

// TestCloseHangsUp asks for BYEs and for reports of the end.
func TestCloseHangsUp(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, taken := r.connect(t, r.phone(t, nil))
	r.Close()
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if why := expect[call.Ended](t, taken).Reason; why.Kind != call.ServerStopped {
		t.Errorf("reason is %+v", why)
	}
}

// TestCloseEndsWhatDoesNotAnswer asks that dead phones do not hold the server up.
func TestCloseEndsWhatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	dead, via := callee(t, "dead", nil)
	dead.Vanish()
	r := newRig(t, nil, via)
	ringing := r.dial(t, "+15557770000")
	r.Close()
	expect[call.Ended](t, ringing)
}

// TestBusyAddressIsAnErrorThatNamesIt asks for a message that helps.
func TestBusyAddressIsAnErrorThatNamesIt(t *testing.T) {
	t.Parallel()
	first := newRig(t, nil)
	second := New(Config{Listen: first.Addr().String()}, first.table, first.application, first.ports, first.log)
	if err := second.Start(t.Context()); err == nil || !strings.Contains(err.Error(), first.Addr().String()) {
		t.Errorf("got %v", err)
	}
	second.Close()
}

// TestCallsOverStreams asks for calls both ways over TCP and TLS.
func TestCallsOverStreams(t *testing.T) {
	t.Parallel()
	server, client := certificates(t)
	for _, transport := range []string{"tcp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			carrier, via := callee(t, "carrier", func(c *siptest.Config) { c.Transport, c.TLS = transport, server })
			r := newRig(t, func(c *Config) { c.ListenTLS, c.TLS, c.ClientTLS = "127.0.0.1:0", server, client }, via)
			phone := r.phone(t, func(c *siptest.Config) {
				c.Transport, c.TLS = transport, client
				if transport == "tls" {
					c.Server = r.TLSAddr().String()
				}
			})
			made, taken := r.connect(t, phone)
			taken.End(call.Reason{})
			if err := made.WaitEnded(within(t)); err != nil {
				t.Fatal(err)
			}
			expect[call.Ended](t, taken)

			for range 2 { // the second call takes the first one's connection
				out := r.dial(t, "+15557770000")
				rung := next(t, carrier)
				rung.Ring()
				expect[call.Ringing](t, out)
				rung.Answer()
				expect[call.Answered](t, out)
				if err := rung.Hangup(within(t)); err != nil {
					t.Fatal(err)
				}
				expect[call.Ended](t, out)
			}
		})
	}
}

// TestConnectionThatBreaksEndsRinging asks that a caller on TCP who is gone is noticed.
func TestConnectionThatBreaksEndsRinging(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, func(c *siptest.Config) { c.Transport = "tcp" })
	if _, err := phone.Call("+15551230001"); err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Ring()
	phone.Close()
	if why := expect[call.Ended](t, taken).Reason; why.Kind != call.Vanished {
		t.Errorf("reason is %+v", why)
	}
}

// certificates makes a certificate for 127.0.0.1 and a client that trusts it.
func certificates(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"carrier.example"},
		IsCA: true, BasicConstraintsValid: true, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: pool}
}

// TestNothingIsLeftAfterAHundredCalls counts goroutines, sockets and ports.
func TestNothingIsLeftAfterAHundredCalls(t *testing.T) {
	carrier, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	phone := r.phone(t, nil)
	one := func(n int) {
		switch n % 4 {
		case 0: // answered, hung up by the phone
			made, taken := r.connect(t, phone)
			if err := made.Hangup(within(t)); err != nil {
				t.Fatal(err)
			}
			expect[call.Ended](t, taken)
		case 1: // canceled
			made, err := phone.Call("+15551230001")
			if err != nil {
				t.Fatal(err)
			}
			taken := r.next(t)
			if err := made.Cancel(within(t)); err != nil {
				t.Fatal(err)
			}
			expect[call.Ended](t, taken)
		case 2: // out, answered, hung up by us
			made := r.dial(t, "+15557770000")
			next(t, carrier).Answer()
			expect[call.Answered](t, made)
			made.End(call.Reason{})
			expect[call.Ended](t, made)
		case 3: // out, busy
			made := r.dial(t, "+15557770000")
			next(t, carrier).Busy()
			expect[call.Ended](t, made)
		}
	}
	for n := range 4 {
		one(n)
	}
	settled := func() bool { return r.Legs() == 0 }
	eventually(t, settled)
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	for n := range 100 {
		one(n)
	}
	eventually(t, settled)
	eventually(t, func() bool { return runtime.NumGoroutine() <= goroutines+2 && openFiles(t) <= files })
}

func openFiles(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc here")
	}
	return len(list)
}

func TestEndTellsHowTheLegWasCarried(t *testing.T) {
	t.Parallel()
	rig := newRig(t, nil)
	phone := rig.phone(t, nil)
	talk, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: []siptest.Field{{Name: "User-Agent", Value: "Desk/1.0\x01"}}})
	if err != nil {
		t.Fatal(err)
	}
	party := rig.next(t)
	party.Answer()
	expect[call.Answered](t, party)
	talk.Tone(700, 4000)
	eventually(t, func() bool { return party.loud.Load() > 0 })
	if err := talk.Hangup(within(t)); err != nil {
		t.Fatal(err)
	}
	wire := expect[call.Ended](t, party).Wire
	if wire.Trunk == "" || wire.CallID == "" || wire.Device != "Desk/1.0" || wire.Sound.Codec == "" || wire.Sound.Received == 0 {
		t.Errorf("the end tells %+v", wire)
	}
}
