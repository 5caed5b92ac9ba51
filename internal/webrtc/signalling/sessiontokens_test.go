package signalling

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

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

// TestPagesThatAreLeftGiveUpTheirSession: without a socket, by whoever has the secret, from pages
// that may connect alone. What is no bye ends nothing.
func TestPagesThatAreLeftGiveUpTheirSession(t *testing.T) {
	run(t, func(o *office) {
		_, welcome := o.greet(protocol.Hello{Token: "ann"})
		bye := `{"t":"bye","session":"` + welcome.Session + `"}`
		for _, test := range []struct {
			body, origin string
			code         int
			gone         bool
		}{
			{bye, "https://evil.example", http.StatusForbidden, false},
			{`{"t":"bye"}`, "", http.StatusNoContent, false},
			{`{"t":"bye","session":"AAAAAAAAAAAAAAAAAAAAAA"}`, "", http.StatusNoContent, false},
			{`{"t":"ack","ack":1}`, "", http.StatusBadRequest, false},
			{bye + strings.Repeat(" ", maxGoodbye), "", http.StatusBadRequest, false},
			{"", "", http.StatusBadRequest, false},
			{bye, "", http.StatusNoContent, true},
			{bye, "", http.StatusNoContent, true},
		} {
			r := httptest.NewRequest(http.MethodPost, "/client", strings.NewReader(test.body))
			r.Header.Set("Origin", test.origin)
			out := httptest.NewRecorder()
			o.ServeHTTP(out, r)
			if out.Code != test.code {
				t.Errorf("%s of %q: %d", test.body, test.origin, out.Code)
			}
			if gone := o.clients[0].gone(); gone != test.gone {
				t.Errorf("%s of %q: the session is over: %v", test.body, test.origin, gone)
			}
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

// TestTokenThatIsRevokedWhileItIsShownEndsAtOnce: who revoked it has seen the one that the session
// had before.
func TestTokenThatIsRevokedWhileItIsShownEndsAtOnce(t *testing.T) {
	run(t, func(o *office) {
		p, _ := o.greet(protocol.Hello{Token: "ann"})
		o.mu.Lock()
		o.read = func() { // under o.mu
			o.revoked = true
			o.tokensEnded.Add(1)
		}
		o.mu.Unlock()
		p.send(&protocol.Token{Token: "ann"})
		if code := p.code(time.Second); code != protocol.CloseUnauthorized {
			t.Errorf("closed with %d", code)
		}
		time.Sleep(revokedGrace + time.Second)
		if !o.clients[0].gone() {
			t.Error("the session goes on")
		}
	})
}
