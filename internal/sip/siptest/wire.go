package siptest

import (
	"bytes"
	"net"
	"sync"
)

// wire is the phone's transport: it delivers whole messages and writes to the
// server.
type wire interface {
	send(data []byte) error
	local() string // host:port where the phone listens
	close()
}

// packetWire is UDP.
type packetWire struct {
	name   string // what it calls itself, whatever a NAT makes of it
	server net.Addr

	mu   sync.Mutex
	conn net.PacketConn
}

func (w *packetWire) send(data []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.conn.WriteTo(data, w.server)
	return err
}
func (w *packetWire) local() string { return w.name }
func (w *packetWire) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conn.Close()
}

// Rebind gives the phone another port, as a NAT does that has forgotten it. What
// is sent to the old one is lost; the phone goes on to name it. UDP only.
func (p *Phone) Rebind() error {
	w := p.wire.(*packetWire)
	host, _, _ := net.SplitHostPort(w.name)
	conn, err := net.ListenPacket("udp", net.JoinHostPort(host, "0"))
	if err != nil {
		return err
	}
	w.mu.Lock()
	before := w.conn
	w.conn = conn
	w.mu.Unlock()
	before.Close()
	p.work.Go(func() { p.readPackets(conn) })
	return nil
}

func (p *Phone) readPackets(conn net.PacketConn) {
	buffer := make([]byte, 65536)
	for {
		n, from, err := conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		p.receive(bytes.Clone(buffer[:n]), func(data []byte) error { _, err := conn.WriteTo(data, from); return err })
	}
}

func (p *Phone) listenPackets() (wire, error) {
	conn, err := net.ListenPacket("udp", p.cfg.Listen)
	if err != nil {
		return nil, err
	}
	w := &packetWire{conn: conn, name: conn.LocalAddr().String()}
	if p.cfg.Server != "" {
		if w.server, err = net.ResolveUDPAddr("udp", p.cfg.Server); err != nil {
			conn.Close()
			return nil, err
		}
	}
	p.work.Go(func() { p.readPackets(conn) })
	return w, nil
}
