package signalling

import (
	"bufio"
	"bytes"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// said is a connection whose client has said all that it says.
type said struct {
	net.Conn
	in *bytes.Reader
}

func (s said) Read(p []byte) (int, error)       { return s.in.Read(p) }
func (s said) Write(p []byte) (int, error)      { return len(p), nil }
func (s said) SetReadDeadline(time.Time) error  { return nil }
func (s said) SetWriteDeadline(time.Time) error { return nil }
func (s said) Close() error                     { return nil }

// FuzzSocket: whatever a client says, its frames end with an error, none is longer than its
// bound, and what is answered waits in a queue with one.
func FuzzSocket(f *testing.F) {
	frame := func(frame ws.Frame) []byte { return ws.MustCompileFrame(ws.MaskFrame(frame)) }
	f.Add(append(frame(ws.NewPingFrame([]byte("?"))), frame(ws.NewTextFrame([]byte("{}")))...))
	f.Add(append(frame(ws.NewFrame(ws.OpText, false, []byte("{"))), frame(ws.NewFrame(ws.OpContinuation, true, []byte("}")))...))
	f.Add([]byte{0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4})
	f.Add([]byte{0x89, 0xfe, 0x00, 0x7e, 1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, client []byte) {
		const most = 256
		conn := said{in: bytes.NewReader(client)}
		s := newSocket(conn, bufio.NewReader(conn), new(atomic.Int64))
		defer s.stop()
		total := 0
		for {
			text, err := s.read(most)
			if err != nil {
				return
			}
			if total += len(text); len(text) > most || total > len(client) {
				t.Fatalf("frames of %d bytes came of %d, the last of %d", total, len(client), len(text))
			}
		}
	})
}
