package sip

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// httpServer serves a rig's WebSockets as the server's listeners do.
func httpServer(t *testing.T, r *rig, secure bool) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/sip", r.WebSocket())
	server := httptest.NewUnstartedServer(mux)
	if secure {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server
}

// browser is a phone over WebSocket.
func browser(t *testing.T, r *rig, transport string) *siptest.Phone {
	t.Helper()
	server := httpServer(t, r, transport == "wss")
	return r.phone(t, func(c *siptest.Config) {
		c.Transport, c.Server = transport, server.Listener.Addr().String()
		if transport == "wss" {
			roots := x509.NewCertPool()
			roots.AddCert(server.Certificate())
			c.TLS = &tls.Config{RootCAs: roots, ServerName: "example.com"}
		}
	})
}

func TestCallsOverWebSocket(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"ws", "wss"} {
		t.Run(transport, func(t *testing.T) {
			r := newRig(t, nil, roaming())
			phone := browser(t, r, transport)
			made, taken := connectSigned(t, r, phone)
			made.Tone(440, 4000)
			eventually(t, func() bool { return taken.loud.Load() > 0 })
			final := made.Final()
			if via := final.Get("Via"); !strings.HasPrefix(via, "SIP/2.0/"+strings.ToUpper(transport)+" ") {
				t.Errorf("Via %q", via)
			}
			if contact := final.Get("Contact"); !strings.Contains(contact, ";transport=ws>") {
				t.Errorf("Contact %q", contact)
			}
			if err := made.Hold(within(t)); err != nil {
				t.Fatal(err)
			}
			expect[call.HoldChanged](t, taken)
			taken.End(call.Reason{}) // towards a client that names no address
			if err := made.WaitEnded(within(t)); err != nil {
				t.Fatal(err)
			}
			if bye := made.Last(); !strings.HasPrefix(bye.Get("Via"), "SIP/2.0/"+strings.ToUpper(transport)+" 127.0.0.1:") {
				t.Errorf("BYE came by %q", bye.Get("Via"))
			}
			expect[call.Ended](t, taken)
			if again, _ := connectSigned(t, r, phone); again.Hangup(within(t)) != nil {
				t.Error("the connection serves one call only")
			}
		})
	}
}

// connectSigned is rig.connect of a phone with the credentials of the trunk roaming: a
// WebSocket is no trunk by its address.
func connectSigned(t *testing.T, r *rig, phone *siptest.Phone) (*siptest.Call, *testLeg) {
	t.Helper()
	made, err := phone.CallAs(within(t), siptest.Account{UserName: "alice", Password: "secret"}, siptest.Invite{To: "+15551230001"})
	if err != nil {
		t.Fatal(err)
	}
	return made, r.answers(t, made)
}

// TestWebSocketIsNoTrunkByItsAddress: a web page on a machine of a trunk, or a proxy
// there, is not the trunk; it needs credentials.
func TestWebSocketIsNoTrunkByItsAddress(t *testing.T) {
	t.Parallel()
	local := trunk.Trunk{Name: "local", Host: "127.0.0.1", Sources: loopback}
	for name, test := range map[string]struct {
		trunks []trunk.Trunk
		status int
	}{
		"nobody has credentials":  {[]trunk.Trunk{local}, 403},
		"another has credentials": {[]trunk.Trunk{local, roaming()}, 401},
	} {
		r := newRig(t, nil, test.trunks...)
		for _, transport := range []string{"ws", "wss"} {
			phone := browser(t, r, transport)
			if refusal := callWith(t, r, phone, ""); refusal == nil || refusal.Status() != test.status {
				t.Errorf("%s, %s: %v", name, transport, refusal)
			}
			if _, unknown := r.gate.Connections.Count(); unknown == 0 {
				t.Errorf("%s, %s: the connection is not one of an unknown source", name, transport)
			}
		}
	}
}

func TestClientWhoseWebSocketIsClosedIsGone(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, roaming())
	phone := browser(t, r, "ws")
	_, taken := connectSigned(t, r, phone)
	phone.Drop()
	eventually(t, func() bool { return len(r.sockets.all()) == 0 })
	taken.End(call.Reason{Kind: call.EndedByApplication})
	if why := expect[call.Ended](t, taken).Reason; why.Kind != call.Vanished {
		t.Errorf("ended by %+v", why)
	}
}

func TestWebSocketsThatAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Origins = []string{"https://phone.example"} })
	server := httpServer(t, r, false)
	for name, refused := range map[string]struct {
		header http.Header
		status int
	}{
		"no WebSocket":          {nil, 426},
		"another protocol":      {upgrade("chat", ""), 426},
		"another site":          {upgrade("sip", "https://evil.example"), 403},
		"the site in the list":  {upgrade("chat, sip", "https://phone.example"), 101},
		"a page of this server": {upgrade("sip", "http://"+server.Listener.Addr().String()), 101},
		"no page":               {upgrade("sip", ""), 101},
	} {
		request, _ := http.NewRequestWithContext(within(t), "GET", server.URL+"/sip", nil)
		if refused.header != nil {
			request.Header = refused.header
		}
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		response.Body.Close()
		if response.StatusCode != refused.status {
			t.Errorf("%s gets %s", name, response.Status)
		}
		if refused.status == 101 && response.Header.Get("Sec-WebSocket-Protocol") != "sip" {
			t.Errorf("%s: protocol %q", name, response.Header.Get("Sec-WebSocket-Protocol"))
		}
	}
	r.Drain()
	request, _ := http.NewRequestWithContext(within(t), "GET", server.URL+"/sip", nil)
	if response, err := http.DefaultClient.Do(request); err != nil || response.StatusCode != 503 {
		t.Errorf("while draining %v %v", response, err)
	}
}

func upgrade(protocols, origin string) http.Header {
	h := http.Header{
		"Upgrade": {"websocket"}, "Connection": {"Upgrade"}, "Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}, "Sec-Websocket-Protocol": {protocols},
	}
	if origin != "" {
		h.Set("Origin", origin)
	}
	return h
}

// openSocket makes a bare WebSocket to a rig.
func openSocket(t *testing.T, r *rig) net.Conn {
	t.Helper()
	server := httpServer(t, r, false)
	conn, _, _, err := ws.Dialer{Protocols: []string{"sip"}}.Dial(within(t), "ws://"+server.Listener.Addr().String()+"/sip")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return conn
}

// pingPong asks whether a socket is served.
func pingPong(conn net.Conn) error {
	if err := ws.WriteFrame(conn, ws.MaskFrame(ws.NewPingFrame(nil))); err != nil {
		return err
	}
	frame, err := ws.ReadFrame(conn)
	if err == nil && frame.Header.OpCode != ws.OpPong {
		err = fmt.Errorf("got a frame of opcode %d", frame.Header.OpCode)
	}
	return err
}

func options(cseq string) []byte {
	return []byte("OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bKo" + cseq + "\r\nFrom: <sip:x@x.invalid>;tag=1\r\n" +
		"To: <sip:a@b>\r\nCall-ID: o" + cseq + "\r\nCSeq: " + cseq + " OPTIONS\r\nMax-Forwards: 70\r\n\r\n") // RFC 7118: no Content-Length is needed
}

func TestFramesOfWebSocket(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, roaming())
	conn := openSocket(t, r)
	write := func(frames ...ws.Frame) {
		for _, f := range frames {
			if err := ws.WriteFrame(conn, ws.MaskFrame(f)); err != nil {
				t.Fatal(err)
			}
		}
	}
	answered := func(what string) {
		t.Helper()
		message, code, err := wsutil.ReadServerData(conn)
		if err != nil || code != ws.OpText || !bytes.HasPrefix(message, []byte("SIP/2.0 401 ")) {
			t.Fatalf("%s: %v %v\n%s", what, code, err, message)
		}
	}
	text := options("1")
	first := ws.NewFrame(ws.OpText, false, text[:20])
	last := ws.NewFrame(ws.OpContinuation, true, text[20:])
	write(first, ws.NewPingFrame([]byte("here")), last)
	pong, err := ws.ReadFrame(conn)
	if err != nil || pong.Header.OpCode != ws.OpPong || string(pong.Payload) != "here" {
		t.Fatalf("ping got %+v %v", pong, err)
	}
	answered("two fragments around a ping")
	write(ws.NewBinaryFrame(options("2")))
	answered("a binary frame")
	write(ws.NewTextFrame(nil), ws.NewTextFrame([]byte("\r\n\r\n")))
	if message, _, err := wsutil.ReadServerData(conn); err != nil || string(message) != "\r\n" {
		t.Fatalf("CRLF ping got %q %v", message, err)
	}
	for _, s := range r.sockets.all() {
		s.ping()
	}
	if ping, err := ws.ReadFrame(conn); err != nil || ping.Header.OpCode != ws.OpPing {
		t.Fatalf("no ping came: %+v %v", ping, err)
	}
	write(ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusNormalClosure, "")))
	if end, err := ws.ReadFrame(conn); err != nil || end.Header.OpCode != ws.OpClose {
		t.Fatalf("close got %+v %v", end, err)
	}
	eventually(t, func() bool { return len(r.sockets.all()) == 0 })
}

func TestWebSocketsThatLieAreClosed(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for name, frame := range map[string][]byte{
		"an unmasked frame":     ws.MustCompileFrame(ws.NewTextFrame(options("1"))),
		"a message too long":    ws.MustCompileFrame(ws.MaskFrame(ws.NewTextFrame(make([]byte, maxSocketMessage+1))))[:20],
		"a continuation first":  ws.MustCompileFrame(ws.MaskFrame(ws.NewFrame(ws.OpContinuation, true, []byte("x")))),
		"nonsense":              ws.MustCompileFrame(ws.MaskFrame(ws.NewTextFrame([]byte("GET / HTTP/1.1\r\n\r\n")))),
		"a length of exabytes":  {0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4},
		"many pings":            bytes.Repeat(ws.MustCompileFrame(ws.MaskFrame(ws.NewPingFrame(nil))), 2*socketFrames.Burst),
		"many empty messages":   bytes.Repeat(ws.MustCompileFrame(ws.MaskFrame(ws.NewTextFrame(nil))), 2*socketFrames.Burst),
		"many parameters":       ws.MustCompileFrame(ws.MaskFrame(ws.NewTextFrame(manyParameters()))),
		"an opcode of nobody's": {0x83, 0x80, 1, 2, 3, 4},
	} {
		conn := openSocket(t, r)
		if _, err := conn.Write(frame); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%s: the connection stays open: %v", name, err)
		}
	}
	eventually(t, func() bool { return len(r.sockets.all()) == 0 && noConnections(r) })
}

// TestWebSocketOfZerosIsClosed at once, where a connection of a stranger may stay for a while.
func TestWebSocketOfZerosIsClosed(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	conn := openSocket(t, r)
	zeros := bytes.Repeat(ws.MustCompileFrame(ws.MaskFrame(ws.NewTextFrame(make([]byte, 10)))), 2*socketFrames.Burst)
	if _, err := conn.Write(zeros); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(conn); !strings.Contains(string(answer), errZeros.Error()) {
		t.Errorf("closed with %q, %v", answer, err)
	}
}

func TestStrangersWebSocketIsShort(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.unknownLife = 200 * time.Millisecond }, trunk.Trunk{Name: "far", Host: "192.0.2.1"})
	conn := openSocket(t, r)
	if _, err := io.Copy(io.Discard, conn); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("a stranger may stay: %v", err)
	}
	eventually(t, func() bool { _, unknown := r.gate.Connections.Count(); return unknown == 0 })
}

// TestStrangersSocketsAreAPartOfTheConnections: the oldest makes room, and who has shown
// credentials stays.
func TestStrangersSocketsAreAPartOfTheConnections(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Strangers, c.unknownLife = 3, time.Minute }, roaming())
	made, _ := connectSigned(t, r, browser(t, r, "ws"))
	var strangers []net.Conn
	for range 5 {
		conn := openSocket(t, r)
		if err := pingPong(conn); err != nil { // it is counted before the next one comes
			t.Fatal(err)
		}
		strangers = append(strangers, conn)
	}
	for i, conn := range strangers {
		if i < 2 {
			if _, err := io.Copy(io.Discard, conn); err != nil && !strings.Contains(err.Error(), "reset") {
				t.Errorf("stranger %d of 5 stays: %v", i+1, err)
			}
			continue
		}
		if err := pingPong(conn); err != nil {
			t.Errorf("stranger %d of 5 is gone: %v", i+1, err)
		}
	}
	if err := made.Hangup(within(t)); err != nil {
		t.Error(err)
	}
}
