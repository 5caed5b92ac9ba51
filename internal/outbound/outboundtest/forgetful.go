// Package outboundtest has a web server that ends the connections which its
// clients keep. It is for tests.
package outboundtest

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Forgetful is a server that ends each connection at its second request, before
// it reads the body and without a response, as a server does whose idle limit
// has passed.
type Forgetful struct {
	*httptest.Server
	answer http.HandlerFunc
	reset  bool

	mu     sync.Mutex
	bodies []string
	conns  map[string]*connection // by the client's address
}

type connection struct {
	net.Conn
	requests int
}

// NewForgetful starts a server on loopback. It ends connections by a reset (RST),
// or closes them (FIN). answer answers the other requests; nil: with 200.
func NewForgetful(t *testing.T, secure, reset bool, answer http.HandlerFunc) *Forgetful {
	t.Helper()
	f := &Forgetful{answer: answer, reset: reset, conns: map[string]*connection{}}
	f.Server = httptest.NewUnstartedServer(f)
	f.Config.ConnState = func(c net.Conn, s http.ConnState) {
		if s == http.StateNew {
			f.mu.Lock()
			f.conns[c.RemoteAddr().String()] = &connection{Conn: c}
			f.mu.Unlock()
		}
	}
	if secure {
		f.StartTLS()
	} else {
		f.Start()
	}
	t.Cleanup(f.Close)
	return f
}

// Bodies are those of the requests that were answered.
func (f *Forgetful) Bodies() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.bodies...)
}

// ServeHTTP implements http.Handler.
func (f *Forgetful) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	conn := f.conns[r.RemoteAddr]
	conn.requests++
	kept := conn.requests > 1
	f.mu.Unlock()
	if kept {
		f.end(conn.Conn)
		panic(http.ErrAbortHandler)
	}
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	f.bodies = append(f.bodies, string(body))
	f.mu.Unlock()
	if f.answer != nil {
		f.answer(w, r)
	}
}

func (f *Forgetful) end(conn net.Conn) {
	if secure, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = secure.NetConn()
	}
	if f.reset {
		_ = conn.(*net.TCPConn).SetLinger(0)
	}
	conn.Close()
}
