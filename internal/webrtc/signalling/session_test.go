package signalling

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

func TestByeEndsTheSessionAtOnce(t *testing.T) {
	run(t, func(o *office) {
		p, welcome := o.greet(protocol.Hello{Token: "ann"})
		p.write(`{"t":"bye"}`)
		if code := p.code(time.Second); code != protocol.CloseNoSession {
			t.Errorf("closed with %d", code)
		}
		if !o.clients[0].gone() {
			t.Error("the session goes on")
		}
		q := o.connect(somewhere)
		q.write(hello(map[string]any{"token": "ann", "session": welcome.Session}))
		if code := q.code(time.Second); code != protocol.CloseNoSession {
			t.Errorf("who has said goodbye comes back: closed with %d", code)
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
