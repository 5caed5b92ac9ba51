package relay

import (
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Times of connections over TCP.
const (
	strangerTime = 10 * time.Second // that a client has to get an allocation
	idleTime     = 11 * time.Minute // an allocation is refreshed within ten
	writeTime    = 5 * time.Second  // a client that does not read loses its connection
)

// streams is a listener whose connections are those of TURN over TCP, or TLS.
type streams struct {
	net.Listener
	tls    *tls.Config // nil: without
	gate   *gate
	proven func(net.Conn) // told of a connection with an allocation

	mu     sync.Mutex
	closed bool
	open   map[*stream]struct{}
}

// Accept implements net.Listener.
func (l *streams) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	s := &stream{Conn: conn, below: conn, of: l}
	if from, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		s.from = from.AddrPort()
	}
	if l.tls != nil {
		s.Conn = tls.Server(conn, l.tls) // the handshake is part of the first read
	}
	_ = conn.SetReadDeadline(time.Now().Add(strangerTime))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		conn.Close()
		return nil, net.ErrClosed
	}
	l.open[s] = struct{}{}
	return s, nil
}

// Close closes the listener and its connections: pion leaves them open.
func (l *streams) Close() error {
	l.mu.Lock()
	l.closed = true
	var all []*stream
	for s := range l.open {
		all = append(all, s)
	}
	l.mu.Unlock()
	err := l.Listener.Close()
	for _, s := range all {
		s.Close()
	}
	return err
}

// stream is one connection. It reads whole messages, and checks their length: pion turns
// in a circle for ever where that exceeds 65,535 bytes.
type stream struct {
	net.Conn
	below net.Conn // without TLS
	of    *streams
	from  netip.AddrPort
	has   bool // an allocation; of the writers

	mu sync.Mutex // one writer at a time
}

// errMessage is a message that is none, or is too long.
var errMessage = errors.New("the client does not speak TURN")

// Read reads one message. p has room for one.
func (s *stream) Read(p []byte) (int, error) {
	for {
		n, err := s.message(p)
		if err != nil {
			return 0, err
		}
		if s.of.gate.passes(p[:n], s.from, time.Now()) {
			return n, nil
		}
	}
}

// message reads the next one. Data of channels are padded (RFC 8656 §12.5).
func (s *stream) message(p []byte) (int, error) {
	if len(p) < stunHeader {
		return 0, io.ErrShortBuffer
	}
	if _, err := io.ReadFull(s.Conn, p[:channelHeader]); err != nil {
		return 0, err
	}
	n := int(binary.BigEndian.Uint16(p[2:]))
	switch p[0] & 0xC0 {
	case 0x00:
		n += stunHeader
	case 0x40:
		n = channelHeader + (n+3)&^3
	default:
		return 0, errMessage
	}
	if n >= min(len(p), maxMessage) {
		return 0, errMessage
	}
	_, err := io.ReadFull(s.Conn, p[channelHeader:n])
	return n, err
}

// allocated is the type of the answer that there is an allocation (RFC 8656 §17).
const allocated = 0x0103

// Write sends one message.
func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	_ = s.Conn.SetWriteDeadline(now.Add(writeTime))
	if len(p) >= stunHeader && p[0]&0xC1 == 0x01 { // an answer (RFC 8489 §5): the client lives
		if !s.has && binary.BigEndian.Uint16(p) == allocated {
			s.has = true
			s.of.proven(s.below)
		}
		if s.has {
			_ = s.Conn.SetReadDeadline(now.Add(idleTime))
		}
	}
	n, err := s.Conn.Write(p)
	if err != nil {
		s.Conn.Close() // its reader ends it
	}
	return n, err
}

// Close closes the connection.
func (s *stream) Close() error {
	s.of.mu.Lock()
	delete(s.of.open, s)
	s.of.mu.Unlock()
	return s.below.Close()
}
