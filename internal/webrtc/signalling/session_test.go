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

func TestSocketsThatAreClosed(t *testing.T) {
	for _, test := range []struct {
		name  string
		frame string // the first; "" for none
		want  int
	}{
		{"no hello", "", protocol.CloseNoHello},
		{"no message", "hello", protocol.CloseMalformed},
		{"no hello but another request", `{"t":"call.hold","id":"1","call":"c"}`, protocol.CloseMalformed},
		{"a hello without an id", `{"t":"hello","version":1,"token":"ann"}`, protocol.CloseMalformed},
		{"another version", hello(map[string]any{"version": 2, "token": "ann"}), protocol.CloseVersion},
		{"no token", hello(nil), protocol.CloseUnauthorized},
		{"a token for chat", hello(map[string]any{"token": "chat"}), protocol.CloseForbidden},
		{"a token that cannot be checked", hello(map[string]any{"token": "unknown"}), protocol.CloseStopping},
		{"a session that is not there", hello(map[string]any{"token": "ann", "session": "x"}), protocol.CloseNoSession},
		{"a hello of many bytes", hello(map[string]any{"token": strings.Repeat("a", maxHello)}), protocol.CloseNoHello},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, func(o *office) {
				p := o.connect(somewhere)
				if test.frame != "" {
					go p.write(test.frame) // the server may not read all of it
				}
				if got := p.code(helloTime + 2*time.Second); got != test.want {
					t.Errorf("closed with %d, want %d", got, test.want)
				}
				if len(o.clients) != 0 {
					t.Error("a session was made")
				}
			})
		})
	}
}

func TestSessionOutlivesItsSocket(t *testing.T) {
	run(t, func(o *office) {
		p, welcome := o.greet(protocol.Hello{Token: "ann"})
		session := o.clients[0].session
		session.Send(&protocol.CallEnded{Call: "1"})
		session.Send(&protocol.CallEnded{Call: "2"})
		p.conn.Close()
		time.Sleep(grace - time.Second)
		session.Send(&protocol.CallEnded{Call: "3"})
		q, again := o.greet(protocol.Hello{Token: "ann", Session: welcome.Session, LastSeq: 1})
		if !again.Resumed || again.Session != welcome.Session || again.Snapshot != nil {
			t.Errorf("resumed as %+v", again)
		}
		_, messages, _ := q.read()
		if len(messages) != 2 || messages[0].(*protocol.CallEnded).Call != "2" || messages[1].(*protocol.CallEnded).Call != "3" {
			t.Errorf("replayed %+v", messages)
		}
		q.conn.Close()
		time.Sleep(grace - time.Second)
		if o.clients[0].gone() {
			t.Error("the session is over before its time")
		}
		time.Sleep(2 * time.Second)
		if !o.clients[0].gone() {
			t.Error("the session is not over")
		}
		r := o.connect(somewhere)
		r.write(hello(map[string]any{"token": "ann", "session": welcome.Session}))
		if code := r.code(time.Second); code != protocol.CloseNoSession {
			t.Errorf("an old session: closed with %d", code)
		}
	})
}

func TestSessionsAreTheirUsers(t *testing.T) {
	run(t, func(o *office) {
		p, welcome := o.greet(protocol.Hello{Token: "ann"})
		q := o.connect(somewhere)
		q.write(hello(map[string]any{"token": "bob", "session": welcome.Session}))
		if code := q.code(time.Second); code != protocol.CloseForbidden {
			t.Errorf("another's session: closed with %d", code)
		}
		o.greet(protocol.Hello{Token: "ann", Session: welcome.Session})
		if code := p.code(time.Second); code != protocol.CloseReplaced {
			t.Errorf("the former socket was closed with %d", code)
		}
	})
}

// TestSessionsAreGivenUpWithoutAToken: by whoever has the secret, also while the token is
// refused; another secret ends nothing.
func TestSessionsAreGivenUpWithoutAToken(t *testing.T) {
	run(t, func(o *office) {
		p, welcome := o.greet(protocol.Hello{Token: "ann"})
		o.mu.Lock()
		o.revoked = true
		o.mu.Unlock()
		for _, test := range []struct {
			bye  string
			gone bool
		}{{`{"t":"bye"}`, false}, {`{"t":"bye","session":"AAAAAAAAAAAAAAAAAAAAAA"}`, false}, {`{"t":"bye","session":"` + welcome.Session + `"}`, true}} {
			q := o.connect(somewhere)
			q.write(test.bye)
			if code := q.code(time.Second); code != protocol.CloseNoSession {
				t.Errorf("%s: closed with %d", test.bye, code)
			}
			if gone := o.clients[0].gone(); gone != test.gone {
				t.Errorf("%s: the session is over: %v", test.bye, gone)
			}
		}
		if code := p.code(time.Second); code != protocol.CloseNoSession {
			t.Errorf("the former socket was closed with %d", code)
		}
	})
}

// TestWhoMissedTooMuchGetsASnapshot: events are kept until they are acknowledged, so
// many at most.
func TestWhoMissedTooMuchGetsASnapshot(t *testing.T) {
	run(t, func(o *office) {
		p, welcome := o.greet(protocol.Hello{Token: "ann"})
		session := o.clients[0].session
		send := func(n int) {
			for range n {
				session.Send(&protocol.Muted{Call: "1"})
			}
			synctest.Wait()
		}
		send(600)
		p.write(`{"t":"ack","ack":600}`)
		send(600)
		p.conn.Close()
		synctest.Wait()
		q, again := o.greet(protocol.Hello{Token: "ann", Session: welcome.Session, LastSeq: 700})
		if _, messages, _ := q.read(); again.Snapshot != nil || len(messages) != 500 {
			t.Errorf("%d events were replayed, snapshot %v", len(messages), again.Snapshot)
		}
		q.conn.Close()
		synctest.Wait()
		send(maxKept + 1)
		r, last := o.greet(protocol.Hello{Token: "ann", Session: welcome.Session, LastSeq: 1200})
		if last.Snapshot == nil || len(last.Snapshot.Incoming) != 1 {
			t.Errorf("no snapshot: %+v", last)
		}
		if _, messages, _ := r.read(); len(messages) != 0 {
			t.Errorf("%d events beside a snapshot", len(messages))
		}
	})
}

func TestRequestsAreAnsweredOnce(t *testing.T) {
	run(t, func(o *office) {
		p, welcome := o.greet(protocol.Hello{Token: "ann"})
		clerk := o.clients[0]
		clerk.hold = true
		id := p.send(&protocol.CallHold{Call: "c"})
		frame := `{"t":"call.hold","id":"` + id + `","call":"c"}`
		p.write(frame)
		p.conn.Close()
		synctest.Wait()
		clerk.waiting[0](&protocol.OK{}) // nobody is there
		q, _ := o.greet(protocol.Hello{Token: "ann", Session: welcome.Session})
		q.write(frame)
		heads, messages, _ := q.read()
		if len(messages) != 1 || heads[0].Re != id || messages[0].Type() != "ok" {
			t.Errorf("answered with %+v %+v", heads, messages)
		}
		if n := clerk.requests(); n != 1 {
			t.Errorf("carried out %d times", n)
		}
		q.write(`{"t":"sing","id":"9"}`)
		q.write(`{"t":"call.hold","id":"10","call":7}`)
		_, messages, _ = q.read()
		if len(messages) != 2 || messages[0].(*protocol.Refusal).Reason != protocol.ReasonUnknownType || messages[1].(*protocol.Refusal).Reason != protocol.ReasonMalformed {
			t.Errorf("bad requests are answered with %+v", messages)
		}
	})
}

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

// TestTokensEnd: the client is asked for another token in time; a revoked one closes the
// socket, and with another one the session goes on.
func TestTokensEnd(t *testing.T) {
	run(t, func(o *office) {
		p, welcome := o.greet(protocol.Hello{Token: "ann"})
		stop := p.answerPings()
		time.Sleep(9*time.Minute + pingEvery)
		_, messages, code := p.read()
		if len(messages) != 1 || messages[0].Type() != "token.needed" || code != 0 {
			t.Fatalf("told %+v, closed with %d", messages, code)
		}
		p.send(&protocol.Token{Token: "bob"})
		p.send(&protocol.Token{Token: "ann"})
		if _, messages, _ = p.read(); len(messages) != 2 || messages[0].Type() != "error" || messages[1].Type() != "ok" {
			t.Fatalf("another's token, another token: %+v", messages)
		}
		o.mu.Lock()
		o.revoked = true
		o.mu.Unlock()
		if code := p.code(verifyEvery + pingEvery); code != protocol.CloseUnauthorized {
			t.Errorf("closed with %d", code)
		}
		stop()
		o.mu.Lock()
		o.revoked = false
		o.mu.Unlock()
		if _, again := o.greet(protocol.Hello{Token: "ann", Session: welcome.Session}); !again.Resumed {
			t.Error("the session is over")
		}
	})
}

// TestRevokedTokensEndAtOnce: the socket when the server hears of it, whose later requests are
// not taken, and the session soon, also one that is away. A newer token is good.
func TestRevokedTokensEndAtOnce(t *testing.T) {
	run(t, func(o *office) {
		p, _ := o.greet(protocol.Hello{Token: "ann"})
		q, _ := o.greet(protocol.Hello{Token: "ann"})
		q.conn.Close()
		synctest.Wait()
		r, _ := o.greet(protocol.Hello{Token: "bob"})
		defer r.answerPings()()
		o.mu.Lock()
		o.revoked = true
		o.mu.Unlock()
		o.CheckUser("ann")
		p.send(&protocol.CallHold{Call: "c"})
		if code := p.code(time.Second); code != protocol.CloseUnauthorized {
			t.Errorf("closed with %d", code)
		}
		if n := o.clients[0].requests(); n != 0 {
			t.Errorf("%d requests were taken", n)
		}
		o.mu.Lock()
		o.revoked = false
		o.mu.Unlock()
		time.Sleep(revokedGrace / 2)
		o.mu.Lock()
		o.revoked = true
		o.mu.Unlock()
		o.CheckUser("ann") // who revokes again gives no more time
		o.mu.Lock()
		o.revoked = false
		o.mu.Unlock()
		time.Sleep(revokedGrace/2 - 2*time.Second)
		if o.clients[0].gone() || o.clients[1].gone() {
			t.Error("a session is over before its time")
		}
		time.Sleep(4 * time.Second)
		if !o.clients[0].gone() || !o.clients[1].gone() || o.clients[2].gone() {
			t.Errorf("over: %v %v, of another user: %v", o.clients[0].gone(), o.clients[1].gone(), o.clients[2].gone())
		}
	})
}

// TestICEServersAreGivenAnew: the credentials of welcome expire before a page does.
func TestICEServersAreGivenAnew(t *testing.T) {
	run(t, func(o *office) {
		began := time.Now()
		o.cfg.ICEServers = func(user string) []protocol.IceServer {
			return []protocol.IceServer{{Urls: []string{"turn:relay.example"}, Username: user, Credential: time.Since(began).String()}}
		}
		p, welcome := o.greet(protocol.Hello{Token: "ann"})
		defer p.answerPings()()
		time.Sleep(time.Minute)
		p.read()
		id := p.send(&protocol.Ice{})
		heads, messages, _ := p.read()
		if len(messages) != 1 || heads[0].Re != id {
			t.Fatalf("the answer is %+v", messages)
		}
		given, ok := messages[0].(*protocol.IceServers)
		if !ok || len(given.IceServers) != 1 || given.IceServers[0].Username != "ann" || given.IceServers[0].Credential == welcome.IceServers[0].Credential {
			t.Errorf("at first %+v, then %+v", welcome.IceServers, messages[0])
		}
	})
}

// TestSilentClientsAreAway: whoever answers no ping.
func TestSilentClientsAreAway(t *testing.T) {
	run(t, func(o *office) {
		o.greet(protocol.Hello{Token: "ann"})
		time.Sleep(pongTime + grace - time.Second)
		gone := o.clients[0].gone()
		time.Sleep(pingEvery)
		if gone || !o.clients[0].gone() {
			t.Errorf("over in time: %v, before: %v", o.clients[0].gone(), gone)
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

// TestSessionsOfUsersWhoAreDeletedMeanwhileEnd: the token is read before, and the session made
// after those of the user were ended.
func TestSessionsOfUsersWhoAreDeletedMeanwhileEnd(t *testing.T) {
	for name, deleted := range map[string]string{"the user": "ann", "another": "bob"} {
		t.Run(name, func(t *testing.T) {
			run(t, func(o *office) {
				o.read = func() { // under o.mu
					o.revoked = deleted == "ann"
					o.EndUser(deleted)
				}
				p := o.connect(somewhere)
				p.write(hello(map[string]any{"token": "ann"}))
				_, messages, code := p.read()
				if deleted == "ann" && (code != protocol.CloseUnauthorized || !o.clients[0].gone() || o.Sessions() != 0) {
					t.Errorf("closed with %d, %d sessions", code, o.Sessions())
				}
				if deleted == "bob" && len(messages) != 1 {
					t.Errorf("closed with %d", code)
				}
			})
		})
	}
}
