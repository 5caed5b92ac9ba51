package media

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"testing"
)

// talker is a socket on which one message of a handshake after the other comes.
type talker struct {
	net.PacketConn
	left int
}

func (s *talker) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	if s.left == 0 {
		return 0, netip.AddrPort{}, io.EOF
	}
	s.left--
	return copy(b, handshakeOf(500, byte(s.left%2), make([]byte, 500))), netip.MustParseAddrPort("192.0.2.1:5000"), nil
}

func (s *talker) WriteToAddrPort(b []byte, _ netip.AddrPort) (int, error) { return len(b), nil }

// TestHandshakesWithoutEndAreNotKept: pion keeps each message of one, also after it, until the
// connection ends.
func TestHandshakesWithoutEndAreNotKept(t *testing.T) {
	const sent = 2000 // a megabyte
	conn := &consentConn{under: &talker{left: sent}, of: new(consent)}
	passed := 0
	for packet := make([]byte, maxPacket); ; passed++ {
		if _, _, err := conn.ReadFromAddrPort(packet); err != nil {
			break
		}
	}
	if passed < 100 || passed > 300 {
		t.Errorf("%d of %d messages pass over UDP", passed, sent)
	}
	var stream framed
	for n := range sent {
		packet := handshakeOf(500, byte(n%2), make([]byte, 500))
		if stream.take(append(binary.BigEndian.AppendUint16(nil, uint16(len(packet))), packet...)) != nil {
			if n < 100 || n > 300 {
				t.Errorf("a stream ends after %d messages", n)
			}
			return
		}
	}
	t.Errorf("all of %d messages pass over TCP", sent)
}
