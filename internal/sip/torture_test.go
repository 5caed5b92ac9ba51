package sip

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

//go:embed testdata/torture.txt
var tortureText string

var refusedByTest = call.Reason{Kind: call.Declined}

type tortureMessage struct {
	name, status string
	data         []byte
}

const tortureSDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0\r\n"

// torture reads the messages, for a server at host.
func torture(t *testing.T, host string) (list []tortureMessage) {
	t.Helper()
	for _, section := range strings.Split(tortureText, "\n== ")[1:] {
		title, text, _ := strings.Cut(section, "\n")
		at := strings.LastIndexByte(title, ' ')
		text = strings.ReplaceAll(strings.TrimRight(text, "\n")+"\n", "\n", "\r\n")
		if !strings.Contains(text, "\r\n\r\n") {
			text += "\r\n"
		}
		text = strings.ReplaceAll(text, "HOST", host)
		text = strings.ReplaceAll(text, "Length: SDP", "Length: "+strconv.Itoa(len(tortureSDP)))
		text = strings.ReplaceAll(text, "\r\nSDP\r\n", "\r\n"+tortureSDP)
		for escape, raw := range map[string]string{`\x07`: "\x07", `\x00`: "\x00", `\x7F`: "\x7f"} {
			text = strings.ReplaceAll(text, escape, raw)
		}
		list = append(list, tortureMessage{title[:at], title[at+1:], []byte(text)})
	}
	if len(list) < 49 { // as many as the RFC has
		t.Fatalf("only %d messages", len(list))
	}
	return list
}

// status waits for a final response on a socket; 0 where none comes in time.
func status(conn net.Conn, wait time.Duration) int {
	buffer := make([]byte, 65536)
	conn.SetReadDeadline(time.Now().Add(wait))
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return 0
		}
		fields := strings.Fields(string(buffer[:n]))
		if len(fields) > 1 && fields[0] == "SIP/2.0" && fields[1] != "100" {
			code, _ := strconv.Atoi(fields[1])
			return code
		}
	}
}

// serves asks that a server still takes calls.
func serves(t *testing.T, r *rig) {
	t.Helper()
	for len(r.application.arrived) > 0 { // of messages that were calls, however strange
		<-r.application.arrived
	}
	phone := r.phone(t, nil)
	response, err := phone.Request(within(t), "OPTIONS", "x")
	if err != nil || response.Status() != 200 {
		t.Fatalf("the server does not answer any more: %v %v", err, response)
	}
	phone.Close()
}

// TestTortureMessagesDoNoHarm sends each message of RFC 4475 over UDP, and asks
// for its outcome and a server that goes on.
func TestTortureMessagesDoNoHarm(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for _, message := range torture(t, r.Addr().String()) {
		conn, err := net.Dial("udp", r.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conn.Write(message.data)
		if message.status == "call" {
			select {
			case arrived := <-r.application.arrived:
				arrived.End(refusedByTest)
			case <-time.After(patience):
				t.Errorf("%s: no call arrived", message.name)
			}
			message.status = "603"
		}
		wait := patience
		if message.status == "0" {
			wait = 50 * time.Millisecond
		}
		got := status(conn, wait)
		if strconv.Itoa(got) != message.status {
			t.Errorf("%s: got %d, want %s", message.name, got, message.status)
		}
		conn.Close()
		serves(t, r)
	}
	if r.Refusals().Malformed == 0 {
		t.Error("no malformed message was counted")
	}
}

// TestMutatedMessagesDoNoHarm sends thousands of broken copies over UDP and TCP.
func TestMutatedMessagesDoNoHarm(t *testing.T) {
	r := newRig(t, func(c *Config) { c.unknownLife = 200 * time.Millisecond })
	messages := torture(t, r.Addr().String())
	serves(t, r)
	goroutines := runtime.NumGoroutine()
	random := rand.New(rand.NewPCG(1, 2))
	udp, err := net.Dial("udp", r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	for round := range 40 {
		for _, message := range messages {
			data := mutate(random, message.data)
			udp.Write(data)
			if round >= 4 {
				continue
			}
			tcp, err := net.Dial("tcp", r.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			tcp.Write(data)
			tcp.Close()
		}
		serves(t, r)
	}
	eventually(t, func() bool {
		for _, l := range r.legs.all() {
			l.End(refusedByTest)
		}
		return r.Legs() == 0 && runtime.NumGoroutine() <= goroutines+4
	})
}

// mutate breaks a message at a few places.
func mutate(random *rand.Rand, data []byte) []byte {
	data = bytes.Clone(data)
	for range 1 + random.IntN(4) {
		at := random.IntN(len(data))
		switch random.IntN(5) {
		case 0:
			data[at] = byte(random.IntN(256))
		case 1:
			data = append(data[:at], data[min(len(data), at+random.IntN(20)):]...)
		case 2:
			data = append(data[:at:at], append(bytes.Repeat([]byte{data[at]}, random.IntN(300)), data[at:]...)...)
		case 3:
			data = append(data, data[:at]...)
		case 4:
			data = data[:at+1]
		}
		if len(data) == 0 {
			return []byte("x")
		}
	}
	return data[:min(len(data), 60000)]
}

// TestTricklingStrangersAreClosed asks that a byte now and then does not keep a
// stranger's connection, in a message or in the handshake of TLS.
func TestTricklingStrangersAreClosed(t *testing.T) {
	t.Parallel()
	server, _ := certificates(t)
	r := newRig(t, func(c *Config) { c.ListenTLS, c.TLS, c.unknownLife = "127.0.0.1:0", server, 300*time.Millisecond }, trunk.Trunk{Name: "far", Host: "192.0.2.1"})
	for address, text := range map[net.Addr]string{
		r.Addr():    "OPTIONS sip:x@y SIP/2.0\r\nX: " + strings.Repeat("y", 1000),
		r.TLSAddr(): "\x16\x03\x01\x02\x00" + strings.Repeat("\x01", 511), // the head of a record, and what never completes it
	} {
		conn, err := net.Dial("tcp", address.String())
		if err != nil {
			t.Fatal(err)
		}
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			conn.SetReadDeadline(time.Now().Add(patience))
			io.Copy(io.Discard, conn)
		}()
		tick := time.NewTicker(20 * time.Millisecond)
		for sent := 0; ; sent++ {
			select {
			case <-tick.C:
				if sent == len(text) {
					t.Fatalf("%d bytes were taken", sent)
				}
				conn.Write([]byte{text[sent]}) // to a closed connection at last
				continue
			case <-closed:
			}
			if sent > int(patience/(20*time.Millisecond))-10 {
				t.Errorf("the connection lived for %d bytes", sent)
			}
			break
		}
		tick.Stop()
		conn.Close()
	}
	eventually(t, func() bool { return noConnections(r) })
}

// TestStreamsThatLieAboutTheirFramesAreClosed asks that such a peer costs a
// connection and nothing else, be it a trunk or a stranger.
func TestStreamsThatLieAboutTheirFramesAreClosed(t *testing.T) {
	t.Parallel()
	head := "OPTIONS sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKframe;rport\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@y>\r\nCall-ID: frame\r\nCSeq: 1 OPTIONS\r\n"
	r := newRig(t, nil)
	for name, text := range map[string]string{
		"no length":           head + "\r\n",
		"a negative length":   head + "Content-Length: -1\r\n\r\n",
		"a huge length":       head + "Content-Length: 4000000000\r\n\r\n",
		"an endless line":     strings.Repeat("x", 80000),
		"an endless header":   head + "X: " + strings.Repeat("y", 80000),
		"headers without end": head + strings.Repeat("X: y\r\n", 20000),
		"another protocol":    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", r.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conn.Write([]byte(text))
		conn.SetReadDeadline(time.Now().Add(patience))
		for err = nil; err == nil; {
			_, err = conn.Read(make([]byte, 4096))
		}
		if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
			t.Errorf("%s: the connection stays", name)
		}
		conn.Close()
	}
	serves(t, r)
}

// TestSlowStrangersAreClosed asks that a handshake or a message that takes for
// ever holds a connection for a while only.
func TestSlowStrangersAreClosed(t *testing.T) {
	t.Parallel()
	server, _ := certificates(t)
	r := newRig(t, func(c *Config) { c.ListenTLS, c.TLS, c.unknownLife = "127.0.0.1:0", server, 200*time.Millisecond }, trunk.Trunk{Name: "far", Host: "192.0.2.1"})
	for _, address := range []net.Addr{r.Addr(), r.TLSAddr()} {
		conn, err := net.Dial("tcp", address.String())
		if err != nil {
			t.Fatal(err)
		}
		conn.Write([]byte{0x16}) // of a TLS record, or of nothing
		conn.SetReadDeadline(time.Now().Add(patience))
		if _, err := conn.Read(make([]byte, 1)); err == nil {
			t.Error("it was answered")
		} else if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
			t.Error("the connection stays")
		}
		conn.Close()
	}
	eventually(t, func() bool { return noConnections(r) })
}

// TestFloodOfStrangersLeavesTrunksAlone asks that thousands of a stranger's
// INVITEs leave nothing behind and are answered for a while only, and that a
// trunk's call comes up meanwhile.
func TestFloodOfStrangersLeavesTrunksAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Listen = "0.0.0.0:0" }, trunk.Trunk{Name: "local", Host: "127.0.0.1"})
	port := addressOf(r.Addr()).Port()
	target := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(port)}
	flood, err := net.DialUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)}, target)
	if err != nil {
		t.Fatal(err)
	}
	defer flood.Close()
	began := time.Now()
	for n := range 5000 {
		fmt.Fprintf(flood, "INVITE sip:+15551230001@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:5060;branch=z9hG4bKflood%d;rport\r\nFrom: <sip:x@y>;tag=%d\r\nTo: <sip:z@y>\r\nCall-ID: flood%d\r\nCSeq: 1 INVITE\r\nContact: <sip:x@127.0.0.2>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n", n, n, n)
	}
	phone := r.phone(t, func(c *siptest.Config) { c.Server = target.String() })
	r.connect(t, phone)
	if r.Legs() != 1 || len(r.application.arrived) != 0 {
		t.Errorf("%d legs, %d calls", r.Legs(), len(r.application.arrived))
	}
	got := r.Refusals()
	if most := 80 + 10*uint64(time.Since(began)/time.Second); got.Unknown == 0 || got.Unknown > most || got.Dropped < 1000 {
		t.Errorf("%d were answered, %d dropped", got.Unknown, got.Dropped)
	}
	if refusal := status(flood, patience); refusal != 403 {
		t.Errorf("the first answer is %d", refusal)
	}
}

// TestRequestsHaveBounds asks for 400 beyond them, and that each is counted.
func TestRequestsHaveBounds(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, func(c *siptest.Config) { c.Transport = "tcp" })
	many := make([]siptest.Field, maxHeaders)
	for n := range many {
		many[n] = siptest.Field{Name: fmt.Sprintf("X-%d", n), Value: "y"}
	}
	for name, send := range map[string]func() (*siptest.Message, error){
		"headers": func() (*siptest.Message, error) { return phone.Request(within(t), "OPTIONS", "x", many...) },
		"a body": func() (*siptest.Message, error) {
			return phone.RequestWith(within(t), "OPTIONS", "x", bytes.Repeat([]byte("x"), maxBody+1))
		},
	} {
		if response, err := send(); err != nil || response.Status() != 400 {
			t.Errorf("%s: %v %v", name, err, response)
		}
	}
	if n := r.Refusals().Malformed; n != 2 {
		t.Errorf("%d were counted, want 2", n)
	}
}
