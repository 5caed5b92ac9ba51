package connlimit

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"
)

// TestProvenConnectionsStay: of two connections of a source that may have one, the first
// leaves, unless its client has shown credentials.
func TestProvenConnectionsStay(t *testing.T) {
	for _, proven := range []bool{false, true} {
		plain, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer plain.Close()
		listener := New(Config{Connections: 8, PerSource: 1, Exempt: func(netip.Addr) bool { return false }}).Listener(plain)
		var first net.Conn
		for range 2 {
			client, err := net.Dial("tcp", plain.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			conn, err := listener.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if first == nil {
				first = conn
				if proven {
					Prove(conn)
				}
			}
		}
		_ = first.SetReadDeadline(time.Now().Add(50 * time.Millisecond)) // fails where it is closed
		_, err = first.Read(make([]byte, 1))
		if open := errors.Is(err, os.ErrDeadlineExceeded); open != proven {
			t.Errorf("proven %v: the first connection is open: %v (%v)", proven, open, err)
		}
	}
	Prove(nil) // of a listener without a limit
}
