package signalling

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// office is a server among fakes, in a bubble of its own time.
type office struct {
	*testing.T
	*Server
	mu      sync.Mutex
	revoked bool
	read    func() // what happens right after a token was read; nil: nothing
	clients []*clerk
}

// clerk is a Client that notes what is asked, and answers when it is told to.
type clerk struct {
	session *Session
	mu      sync.Mutex
	asked   []protocol.Message
	waiting []func(protocol.Message)
	hold    bool // answers wait
	left    bool
}

func (c *clerk) Take(m protocol.Message, answer func(protocol.Message)) {
	if hold, is := m.(*protocol.CallHold); is && hold.Call == "broken" {
		panic("the request is broken")
	}
	c.mu.Lock()
	c.asked = append(c.asked, m)
	hold := c.hold
	if hold {
		c.waiting = append(c.waiting, answer)
	}
	c.mu.Unlock()
	if !hold {
		answer(&protocol.OK{})
	}
}

func (c *clerk) Snapshot() protocol.Snapshot {
	return protocol.Snapshot{Incoming: []protocol.IncomingCall{{Call: "rings", From: "4:+1"}}, Calls: []protocol.CallSnapshot{}}
}

func (c *clerk) Left(bool) { c.mu.Lock(); c.left = true; c.mu.Unlock() }

func (c *clerk) requests() int { c.mu.Lock(); defer c.mu.Unlock(); return len(c.asked) }

func (c *clerk) gone() bool { c.mu.Lock(); defer c.mu.Unlock(); return c.left }

// run runs a test with a server, and asks that nothing is left at its end.
func run(t *testing.T, test func(*office)) {
	synctest.Test(t, func(t *testing.T) {
		o := &office{T: t}
		o.Server = New(Config{
			Log: slog.New(slog.DiscardHandler), Authenticate: o.authenticate,
			Open: func(s *Session) Client {
				c := &clerk{session: s}
				o.clients = append(o.clients, c)
				return c
			},
		})
		test(o)
		o.Close()
		o.Server.mu.Lock()
		defer o.Server.mu.Unlock()
		if n := len(o.sessions) + len(o.byUser) + len(o.byAddress) + len(o.strangers); n != 0 {
			t.Errorf("left: sessions %d, users %d, addresses %d, strangers %d", len(o.sessions), len(o.byUser), len(o.byAddress), len(o.strangers))
		}
	})
}

// authenticate takes tokens that are names: "ann", "ann joins".
func (o *office) authenticate(_ context.Context, token string) (User, Verdict) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if after := o.read; after != nil {
		o.read = nil
		defer after()
	}
	switch {
	case token == "" || o.revoked:
		return User{}, NotGood
	case token == "chat":
		return User{}, NotForCalls
	case token == "broken":
		panic("the token is broken")
	case token == "unknown":
		return User{}, NotKnown
	}
	return User{ID: token, Expires: time.Now().Add(10 * time.Minute), Full: true}, Good
}

// page is a client's end of a socket.
type page struct {
	conn   net.Conn
	frames chan ws.Frame // those that came
	next   int
}

// connect opens a socket from an address.
func (o *office) connect(from string) *page {
	o.Helper()
	here, there := net.Pipe()
	at, ok := o.admit(from)
	if !ok {
		o.Fatal("the server has no place for a socket")
	}
	s := newSocket(there, bufio.NewReader(there), &o.Server.queued)
	o.work.Go(func() {
		defer at.leave()
		defer s.stop()
		o.serveAlone(context.Background(), s, at)
	})
	p := &page{conn: here, frames: make(chan ws.Frame, 4096)}
	go func() {
		defer close(p.frames)
		for {
			f, err := ws.ReadFrame(here)
			if err != nil {
				return
			}
			if f.Header.OpCode == ws.OpPing {
				continue
			}
			p.frames <- f
		}
	}()
	o.Cleanup(func() { here.Close() })
	return p
}

// write writes a frame of text.
func (p *page) write(text string) { ws.WriteFrame(p.conn, ws.MaskFrame(ws.NewTextFrame([]byte(text)))) }

// answerPings shows signs of life until it is stopped.
func (p *page) answerPings() (stop func()) {
	ended := make(chan struct{})
	go func() {
		ticker := time.NewTicker(pingEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ended:
				return
			case <-ticker.C:
				ws.WriteFrame(p.conn, ws.MaskFrame(ws.NewPongFrame(nil)))
			}
		}
	}()
	return sync.OnceFunc(func() { close(ended) })
}

// send sends a message under the next id, which it returns.
func (p *page) send(m protocol.Message) string {
	p.next++
	id := fmt.Sprint(p.next)
	frame, _ := protocol.Encode(protocol.Head{ID: id}, m)
	p.write(string(frame))
	return id
}

// read returns the messages that have come.
func (p *page) read() (heads []protocol.Head, messages []protocol.Message, closed int) {
	synctest.Wait()
	for {
		select {
		case f, open := <-p.frames:
			switch {
			case !open:
				return heads, messages, closed
			case f.Header.OpCode == ws.OpClose:
				code, _ := ws.ParseCloseFrameData(f.Payload)
				return heads, messages, int(code)
			case f.Header.OpCode == ws.OpText:
				head, m, err := protocol.DecodeServer(f.Payload)
				if err != nil {
					panic(err)
				}
				heads, messages = append(heads, head), append(messages, m)
			}
		default:
			return heads, messages, closed
		}
	}
}

// code waits for so long and returns the code with which the socket was closed.
func (p *page) code(wait time.Duration) int {
	time.Sleep(wait)
	_, _, code := p.read()
	return code
}

const somewhere = "192.0.2.1:1000"

// greet opens a session, or resumes one.
func (o *office) greet(hello protocol.Hello) (*page, *protocol.Welcome) {
	o.Helper()
	p := o.connect("127.0.0.1:1000")
	hello.Version = protocol.Version
	p.send(&hello)
	_, messages, code := p.read()
	if len(messages) == 0 {
		o.Fatalf("hello was not answered; closed with %d", code)
	}
	welcome, ok := messages[0].(*protocol.Welcome)
	if !ok {
		o.Fatalf("hello was answered with %+v", messages[0])
	}
	p.pending(messages[1:])
	return p, welcome
}

// pending puts messages back, for the test to read.
func (p *page) pending(messages []protocol.Message) {
	for i, m := range messages {
		frame, _ := protocol.Encode(protocol.Head{Seq: uint64(i + 1)}, m)
		p.frames <- ws.NewTextFrame(frame)
	}
}

func hello(fields map[string]any) string {
	all := map[string]any{"t": "hello", "id": "1", "version": protocol.Version}
	for name, value := range fields {
		all[name] = value
	}
	text, _ := json.Marshal(all)
	return string(text)
}
