package sip

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// BenchmarkCall measures a call in signalling alone, over a real socket and
// with a built-in answer: INVITE, 100, 200, ACK, BYE, 200. The caller writes
// prepared text, so that nearly all time is the server's.
func BenchmarkCall(b *testing.B) {
	r := newRig(b, func(c *Config) { c.MediaTimeout, c.Refresh = -1, -1 })
	r.Server.calls = instant{}
	conn, err := net.Dial("udp", r.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	buffer := make([]byte, 4096)
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; b.Loop(); n++ {
		write(b, conn, request("INVITE", n, "", offer()))
		answer := await(b, conn, buffer, " 200 ", "INVITE")
		to := field(answer, "To")
		write(b, conn, request("ACK", n, to, ""))
		write(b, conn, request("BYE", n, to, ""))
		await(b, conn, buffer, " 200 ", "BYE")
	}
}

// instant answers every call at once and lets go of it at its end.
type instant struct{}

func (instant) Incoming(_ call.Invitation, l call.Leg) (func(call.Report), error) {
	l.Answer()
	return func(news call.Report) {
		if _, ended := news.(call.Ended); ended && l.(*leg).sessionTaken.Load() {
			l.(*leg).session.Close()
		}
	}, nil
}

func write(b *testing.B, conn net.Conn, text string) {
	if _, err := conn.Write([]byte(text)); err != nil {
		b.Fatal(err)
	}
}

func await(b *testing.B, conn net.Conn, buffer []byte, status, method string) string {
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			b.Fatal(err)
		}
		text := string(buffer[:n])
		if strings.Contains(text, " "+method+"\r\n") && !strings.HasPrefix(text, "SIP/2.0 1") {
			if !strings.Contains(text[:16], status) {
				b.Fatalf("got %s", text)
			}
			return text
		}
	}
}

func request(method string, n int, to, body string) string {
	cseq := map[string]int{"INVITE": 1, "ACK": 1, "BYE": 2}[method]
	if to == "" {
		to = "<sip:+15551230001@127.0.0.1>"
	}
	return fmt.Sprintf("%s sip:+15551230001@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK%s%d;rport\r\n"+
		"Max-Forwards: 70\r\nFrom: <sip:+15550100@127.0.0.1>;tag=t%d\r\nTo: %s\r\nCall-ID: bench-%d\r\nCSeq: %d %s\r\n"+
		"Contact: <sip:bench@127.0.0.1:9>\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s",
		method, method, n, n, to, n, cseq, method, len(body), body)
}

func offer() string {
	return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
}

func field(text, name string) string {
	_, after, _ := strings.Cut(text, "\r\n"+name+": ")
	value, _, _ := strings.Cut(after, "\r\n")
	return value
}

// BenchmarkDial measures a call out to a scripted phone that answers.
func BenchmarkDial(b *testing.B) {
	phone, via := callee(b, "carrier", func(c *siptest.Config) { c.T1 = 1 << 30 })
	r := newRig(b, func(c *Config) { c.MediaTimeout, c.Refresh = -1, -1 }, via)
	to, err := identifier.Phone("+15557770000")
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan struct{})
	b.ReportAllocs()
	for b.Loop() {
		var made call.Leg
		ready := make(chan struct{})
		made, err = r.Dial(b.Context(), call.Invitation{From: header.Anonymous, To: to}, func(news call.Report) {
			switch news.(type) {
			case call.Answered:
				<-ready
				made.End(call.Reason{})
			case call.Ended:
				ended <- struct{}{}
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		close(ready)
		taken, err := phone.Next(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if err := taken.Answer(); err != nil {
			b.Fatal(err)
		}
		<-ended
		made.(*leg).session.Close()
	}
}
