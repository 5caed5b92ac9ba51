package siptest

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
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
	conn   net.PacketConn
	server net.Addr
}

func (w *packetWire) send(data []byte) error { _, err := w.conn.WriteTo(data, w.server); return err }
func (w *packetWire) local() string          { return w.conn.LocalAddr().String() }
func (w *packetWire) close()                 { w.conn.Close() }

func (p *Phone) listenPackets() (wire, error) {
	conn, err := net.ListenPacket("udp", p.cfg.Listen)
	if err != nil {
		return nil, err
	}
	w := &packetWire{conn: conn}
	if p.cfg.Server != "" {
		if w.server, err = net.ResolveUDPAddr("udp", p.cfg.Server); err != nil {
			conn.Close()
			return nil, err
		}
	}
	p.work.Go(func() {
		buffer := make([]byte, 65536)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			p.receive(bytes.Clone(buffer[:n]), func(data []byte) error { _, err := conn.WriteTo(data, from); return err })
		}
	})
	return w, nil
}

// streamWire is TCP or TLS: a listener, and one connection to the server.
type streamWire struct {
	listener net.Listener
	server   net.Conn
}

func (w *streamWire) send(data []byte) error {
	if w.server == nil {
		return net.ErrClosed
	}
	_, err := w.server.Write(data)
	return err
}
func (w *streamWire) local() string { return w.listener.Addr().String() }
func (w *streamWire) close() {
	w.listener.Close()
	if w.server != nil {
		w.server.Close()
	}
}

func (p *Phone) listenStreams() (wire, error) {
	listener, err := net.Listen("tcp", p.cfg.Listen)
	if err != nil {
		return nil, err
	}
	if p.cfg.Transport == "tls" && p.cfg.TLS != nil && len(p.cfg.TLS.Certificates) > 0 {
		listener = tls.NewListener(listener, p.cfg.TLS)
	}
	w := &streamWire{listener: listener}
	if p.cfg.Server != "" {
		if p.cfg.Transport == "tls" {
			w.server, err = tls.Dial("tcp", p.cfg.Server, p.cfg.TLS)
		} else {
			w.server, err = net.Dial("tcp", p.cfg.Server)
		}
		if err != nil {
			listener.Close()
			return nil, err
		}
		p.work.Go(func() { p.readStream(w.server) })
	}
	p.work.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			p.track(conn)
			p.work.Go(func() { p.readStream(conn) })
		}
	})
	return w, nil
}

// readStream cuts a stream into messages by their Content-Length.
func (p *Phone) readStream(conn net.Conn) {
	defer conn.Close()
	in := textproto.NewReader(bufio.NewReader(conn))
	for {
		var head strings.Builder
		length := 0
		for {
			line, err := in.ReadLine()
			if err != nil {
				return
			}
			if line == "" && head.Len() == 0 {
				continue // a keep-alive
			}
			head.WriteString(line + "\r\n")
			if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Content-Length") || strings.EqualFold(name, "l") {
				length, _ = strconv.Atoi(strings.TrimSpace(value))
			}
			if line == "" {
				break
			}
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(in.R, body); err != nil {
			return
		}
		p.receive(append([]byte(head.String()), body...), func(data []byte) error { _, err := conn.Write(data); return err })
	}
}
