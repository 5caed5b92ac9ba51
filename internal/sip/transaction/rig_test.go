package transaction

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

// wire is where a layer sends in a test, and the user that it serves.
type wire struct {
	*Layer
	began time.Time

	mu       sync.Mutex
	sent     []string // first lines, each with its time in ms
	broken   error    // what sending returns
	requests []*Server
	strays   int
}

func newWire(most int) *wire {
	w := &wire{began: time.Now()}
	w.Layer = New(Config{
		Most: most,
		Send: func(_ Peer, message []byte) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.broken != nil {
				return w.broken
			}
			line, _, _ := strings.Cut(string(message), "\r\n")
			w.sent = append(w.sent, fmt.Sprintf("%d %s", time.Since(w.began).Milliseconds(), line))
			return nil
		},
		Request: func(_ *sip.Request, tx *Server) { w.requests = append(w.requests, tx) },
		Stray:   func(*sip.Response) { w.strays++ },
		Log:     slog.New(slog.DiscardHandler),
	})
	return w
}

// wants compares what was sent, and forgets it.
func (w *wire) wants(t *testing.T, what string, want ...string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.sent, want) {
		t.Errorf("%s: sent %q, want %q", what, w.sent, want)
	}
	w.sent = nil
}

// isEmpty asks that no transaction is left.
func (w *wire) isEmpty(t *testing.T) {
	t.Helper()
	if servers, clients := w.Count(); servers+clients != 0 {
		t.Errorf("%d server and %d client transactions are left", servers, clients)
	}
	if w.served.taken+w.asked.taken != 0 || len(w.served.byHost)+len(w.asked.byHost) > 0 {
		t.Errorf("%d and %d places are taken, of hosts %v and %v", w.served.taken, w.asked.taken, w.served.byHost, w.asked.byHost)
	}
	if len(w.streams) > 0 || len(w.alarms.list) > 0 {
		t.Errorf("%d streams and %d alarms are left", len(w.streams), len(w.alarms.list))
	}
}

var phone = Peer{Address: netip.MustParseAddrPort("192.0.2.7:5060")}

// request parses a request; branch "" is none of RFC 3261.
func request(t testing.TB, method, branch string) *sip.Request {
	t.Helper()
	if branch != "" {
		branch = ";branch=z9hG4bK" + branch
	}
	seq := method
	message, err := sip.ParseMessage([]byte(method + " sip:alice@example.com SIP/2.0\r\n" +
		"Via: SIP/2.0/UDP 192.0.2.7:5060;rport" + branch + "\r\nVia: SIP/2.0/UDP second.example;branch=z9hG4bK-2\r\n" +
		"Record-Route: <sip:proxy.example;lr>\r\nFrom: <sip:bob@example.com>;tag=b\r\nTo: <sip:alice@example.com>\r\n" +
		"Call-ID: c1\r\nCSeq: 7 " + seq + "\r\nTimestamp: 54\r\nRoute: <sip:out.example;lr>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	message.SetSource("192.0.2.7:40001")
	message.SetTransport("UDP")
	return message.(*sip.Request)
}

// answer is the peer's response to a request of ours.
func answer(to *sip.Request, status int) *sip.Response { return Response(to, status, "x") }

// fakeStream is a connection that counts its references.
type fakeStream struct {
	mu     sync.Mutex
	refs   int
	remote int
}

func (s *fakeStream) Write(b []byte) (int, error) { return len(b), nil }
func (s *fakeStream) Ref(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refs += n
	return s.refs
}
func (s *fakeStream) TryClose() (int, error) { return s.Ref(-1), nil }
func (s *fakeStream) LocalAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 5060}
}
func (s *fakeStream) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: s.remote}
}

var errCable = errors.New("the cable is cut")

// pass lets time go by, and what is due in it be done.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
