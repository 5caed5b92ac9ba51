package signalling

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

func TestClientsThatDoTooMuch(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(p *page, c *clerk)
		want int
	}{
		{"requests without pause", func(p *page, _ *clerk) {
			for range requestBurst + 1 {
				p.send(&protocol.CallHold{})
			}
		}, protocol.CloseTooMany},
		{"pings without pause", func(p *page, _ *clerk) {
			for range frameBurst + 1 {
				ws.WriteFrame(p.conn, ws.MaskFrame(ws.NewPingFrame(nil)))
			}
		}, protocol.CloseTooMany},
		{"a message of many fragments", func(p *page, _ *clerk) {
			ws.WriteFrame(p.conn, ws.MaskFrame(ws.NewFrame(ws.OpText, false, []byte("{"))))
			for range frameBurst {
				ws.WriteFrame(p.conn, ws.MaskFrame(ws.NewFrame(ws.OpContinuation, false, nil)))
			}
		}, protocol.CloseTooMany},
		{"open requests", func(p *page, c *clerk) {
			c.hold = true
			for range maxOpen + 1 {
				p.send(&protocol.CallHold{})
				time.Sleep(100 * time.Millisecond)
			}
		}, protocol.CloseTooMany},
		{"a request without an id", func(p *page, _ *clerk) { p.write(`{"t":"call.hold"}`) }, protocol.CloseMalformed},
		{"a long frame", func(p *page, _ *clerk) { p.write(`{"t":"ack","x":"` + strings.Repeat("x", maxFrame) + `"}`) }, protocol.CloseMalformed},
		{"a frame of a gigabyte", func(p *page, _ *clerk) {
			ws.WriteHeader(p.conn, ws.Header{Fin: true, OpCode: ws.OpText, Masked: true, Length: 1 << 30})
		}, protocol.CloseMalformed},
		{"bytes", func(p *page, _ *clerk) { ws.WriteFrame(p.conn, ws.MaskFrame(ws.NewBinaryFrame([]byte("x")))) }, protocol.CloseMalformed},
		{"a ping in fragments", func(p *page, _ *clerk) {
			ping := ws.MaskFrame(ws.NewPingFrame([]byte("x")))
			ping.Header.Fin = false
			ws.WriteFrame(p.conn, ping)
		}, protocol.CloseMalformed},
		{"compression", func(p *page, _ *clerk) {
			compressed := ws.MaskFrame(ws.NewTextFrame([]byte("{}")))
			compressed.Header.Rsv = ws.Rsv(true, false, false)
			ws.WriteFrame(p.conn, compressed)
		}, protocol.CloseMalformed},
		{"a fragment of nothing", func(p *page, _ *clerk) {
			ws.WriteFrame(p.conn, ws.MaskFrame(ws.NewFrame(ws.OpContinuation, true, []byte("{}"))))
		}, protocol.CloseMalformed},
		{"no mask", func(p *page, _ *clerk) { ws.WriteFrame(p.conn, ws.NewTextFrame([]byte("{}"))) }, protocol.CloseMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, func(o *office) {
				p, _ := o.greet(protocol.Hello{Token: "ann"})
				go test.do(p, o.clients[0])
				if code := p.code(10 * time.Second); code != test.want {
					t.Errorf("closed with %d, want %d", code, test.want)
				}
			})
		})
	}
}

// TestWhoReadsNothingIsClosed: what waits for a socket is bounded, and the session lives.
func TestWhoReadsNothingIsClosed(t *testing.T) {
	run(t, func(o *office) {
		p, welcome := o.greet(protocol.Hello{Token: "ann"})
		session := o.clients[0].session
		for range cap(p.frames) + 100 { // the page's own buffer
			session.Send(&protocol.Muted{Call: strings.Repeat("x", 1000)})
			synctest.Wait()
		}
		for range maxQueued / 1000 {
			session.Send(&protocol.Muted{Call: strings.Repeat("x", 1000)})
		}
		synctest.Wait()
		if session.server.Sessions() != 1 {
			t.Error("the session is over")
		}
		if code := p.code(2 * writeTime); code != 0 && code != protocol.CloseTooSlow {
			t.Errorf("closed with %d", code)
		}
		_, again := o.greet(protocol.Hello{Token: "ann", Session: welcome.Session, LastSeq: 1})
		if again.Snapshot == nil {
			t.Error("it goes on without a snapshot")
		}
	})
}

// TestPagesHearWhyTheyAreRefused: by a plain GET, since a WebSocket does not tell them.
func TestPagesHearWhyTheyAreRefused(t *testing.T) {
	s := New(Config{})
	for origin, want := range map[string]struct {
		status int
		says   string
	}{
		"https://phone.example": {http.StatusForbidden, "pages of https://phone.example may not connect: add the origin to websocket-origins"},
		"https://calls.example": {http.StatusUpgradeRequired, "WebSocket"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/client", nil)
		r.Host = "calls.example"
		r.Header.Set("Origin", origin)
		out := httptest.NewRecorder()
		s.ServeHTTP(out, r)
		if out.Code != want.status || !strings.Contains(out.Body.String(), want.says) {
			t.Errorf("a page of %s: %d %s", origin, out.Code, out.Body)
		}
	}
	if n := len(s.strangers); n != 0 {
		t.Errorf("%d of them have a place", n)
	}
}

func TestOriginsOfPages(t *testing.T) {
	s := New(Config{Origins: []string{"https://phone.example"}})
	for _, test := range []struct {
		host, origin string
		want         bool
	}{
		{"calls.example", "", true},
		{"calls.example", "https://calls.example", true},
		{"calls.example:8443", "https://calls.example", false},
		{"calls.example", "https://phone.example", true},
		{"calls.example", "https://phone.example.evil", false},
		{"calls.example", "http://localhost:3000", false},
		{"localhost:8443", "http://localhost:3000", true},
		{"127.0.0.1:8443", "http://[::1]:3000", true},
		{"localhost:8443", "https://evil.example", false},
		{"localhost:8443", "null", false},
		{"localhost:8443", "://", false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/client", nil)
		r.Host = test.host
		r.Header.Set("Origin", test.origin)
		if test.origin == "" {
			r.Header.Del("Origin")
		}
		if got := s.allowsOrigin(r); got != test.want {
			t.Errorf("a page of %q at %s: %v", test.origin, test.host, got)
		}
	}
}

func TestSessionsAreLimited(t *testing.T) {
	run(t, func(o *office) {
		for range maxPerUser {
			o.greet(protocol.Hello{Token: "ann"})
		}
		p := o.connect("127.0.0.1:1")
		p.write(hello(map[string]any{"token": "ann"}))
		if code := p.code(time.Second); code != protocol.CloseTooMany {
			t.Errorf("one session more: closed with %d", code)
		}
		o.greet(protocol.Hello{Token: "bob"})
		for range maxPerAddress {
			o.connect(somewhere)
		}
		if _, ok := o.admit(somewhere); ok {
			t.Error("one address has more sockets than it may")
		}
		if at, ok := o.admit("192.0.2.2:1"); !ok {
			t.Error("another address has none")
		} else {
			at.leave()
		}
		time.Sleep(helloTime + 2*time.Second)
	})
}
