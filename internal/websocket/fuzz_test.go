package websocket

import (
	"bufio"
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// said is a connection whose other side has said all that it says.
type said struct {
	net.Conn
	in      *bytes.Reader
	written int
}

func (s *said) Read(p []byte) (int, error)       { return s.in.Read(p) }
func (s *said) Write(p []byte) (int, error)      { s.written += len(p); return len(p), nil }
func (s *said) SetReadDeadline(time.Time) error  { return nil }
func (s *said) SetWriteDeadline(time.Time) error { return nil }

// FuzzRead: whatever a server says, a reader ends with an error, has no message beyond the
// bound, keeps memory in proportion, and answers with no more than came.
func FuzzRead(f *testing.F) {
	text, ping := ws.MustCompileFrame(ws.NewTextFrame([]byte("hello"))), ws.MustCompileFrame(ws.NewPingFrame([]byte("?")))
	f.Add(append(ping, text...))
	f.Add([]byte{0x01, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{0x82, 0x7e, 0x01, 0x00, 1, 2, 3})
	f.Add(ws.MustCompileFrame(ws.NewCloseFrame([]byte{3})))
	f.Fuzz(func(t *testing.T, bytesOfServer []byte) {
		conn := &said{in: bytes.NewReader(bytesOfServer)}
		c := New(conn, bufio.NewReaderSize(conn, 4<<10))
		total := 0
		for {
			kind, message, err := c.Read()
			if err != nil {
				break
			}
			if total += len(message); total > len(bytesOfServer) {
				t.Fatalf("messages of %d bytes came of %d", total, len(bytesOfServer))
			}
			if kind == ws.OpContinuation || kind.IsControl() {
				t.Fatalf("a message is of kind %v", kind)
			}
		}
		if cap(c.buf) > len(bytesOfServer)+keptBuffer {
			t.Errorf("%d bytes are kept of %d", cap(c.buf), len(bytesOfServer))
		}
		if conn.written > 4*len(bytesOfServer)+16 { // the mask makes answers longer
			t.Errorf("%d bytes were answered to %d", conn.written, len(bytesOfServer))
		}
	})
}
