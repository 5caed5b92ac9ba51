package media

import (
	"net"
	"sync/atomic"

	"github.com/pion/ice/v4"
)

// maxHandshakes bounds all packets of DTLS that are read of a peer connection, in bytes. pion
// keeps each message of a handshake until the connection ends, those after it too. A browser
// sends 2,000, and again what is lost.
const maxHandshakes = 128 << 10

// handshakes counts the bytes of DTLS of a peer connection, over UDP and over its streams.
type handshakes struct{ bytes atomic.Int64 }

// tooMany counts a packet, and reports whether it is one of DTLS beyond maxHandshakes.
func (h *handshakes) tooMany(packet []byte) bool {
	return len(packet) > 0 && isDTLS(packet[0]) && h.bytes.Add(int64(len(packet))) > maxHandshakes
}

// localMux is one whose address pion asks for: it offers no others.
type localMux interface {
	ice.TCPMux
	LocalAddr() net.Addr
}

// boundedMux is the TCP listener as one peer connection sees it, which may have one stream
// after the other: too many packets of DTLS are not read.
type boundedMux struct {
	localMux
	of *handshakes
}

// GetConnByUfrag implements ice.TCPMux.
func (m boundedMux) GetConnByUfrag(user string, isIPv6 bool, local net.IP) (net.PacketConn, error) {
	conn, err := m.localMux.GetConnByUfrag(user, isIPv6, local)
	if err != nil {
		return nil, err
	}
	return boundedConn{conn, m.of}, nil
}

// boundedConn is a candidate's streams.
type boundedConn struct {
	net.PacketConn
	of *handshakes
}

// ReadFrom implements net.PacketConn.
func (c boundedConn) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.PacketConn.ReadFrom(b)
		if err != nil || !c.of.tooMany(b[:n]) {
			return n, from, err
		}
	}
}
