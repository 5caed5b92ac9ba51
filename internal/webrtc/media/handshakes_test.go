package media

import (
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

func (s *talker) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := s.ReadFromAddrPort(b)
	return n, net.TCPAddrFromAddrPort(from), err
}

func (s *talker) WriteToAddrPort(b []byte, _ netip.AddrPort) (int, error) { return len(b), nil }

// talkers is a listener with the streams of clients that talk.
type talkers struct {
	localMux
	each int // messages
}

func (m talkers) GetConnByUfrag(string, bool, net.IP) (net.PacketConn, error) {
	return &talker{left: m.each}, nil
}

// passes counts what is read of a socket.
func passes(from net.PacketConn) (packets int) {
	for b := make([]byte, maxPacket); ; packets++ {
		if _, _, err := from.ReadFrom(b); err != nil {
			return packets
		}
	}
}

// TestHandshakesWithoutEndAreNotKept: pion keeps each message of one, also after it, until the
// connection ends, over whatever it comes.
func TestHandshakesWithoutEndAreNotKept(t *testing.T) {
	const sent = 2000 // a megabyte
	c := new(consent)
	if n := passes(&consentConn{under: &talker{left: sent}, of: c}); n < 100 || n > 300 {
		t.Errorf("%d of %d messages pass over UDP", n, sent)
	}
	c, n := new(consent), 0
	for range 20 {
		stream, err := boundedMux{talkers{each: sent / 20}, &c.handshakes}.GetConnByUfrag("", false, nil)
		if err != nil {
			t.Fatal(err)
		}
		n += passes(stream)
	}
	if n < 100 || n > 300 {
		t.Errorf("%d of %d messages pass over one stream after the other", n, sent)
	}
	if n := passes(&consentConn{under: &talker{left: sent}, of: c}); n != 0 {
		t.Errorf("%d more pass over UDP", n)
	}
}
