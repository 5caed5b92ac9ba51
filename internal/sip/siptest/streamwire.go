package siptest

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
)

// streamWire is TCP or TLS: a listener, and one connection to the server.
type streamWire struct {
	listener net.Listener

	mu     sync.Mutex
	server net.Conn
}

func (w *streamWire) send(data []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.server == nil {
		return net.ErrClosed
	}
	_, err := w.server.Write(data)
	return err
}

func (w *streamWire) local() string { return w.listener.Addr().String() }

func (w *streamWire) close() {
	w.listener.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
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
		if err := p.connect(w); err != nil {
			listener.Close()
			return nil, err
		}
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

// connect opens the connection to the server.
func (p *Phone) connect(w *streamWire) (err error) {
	var conn net.Conn
	if p.cfg.Transport == "tls" {
		conn, err = tls.DialWithDialer(p.dialer(), "tcp", p.cfg.Server, p.cfg.TLS)
	} else {
		conn, err = p.dialer().Dial("tcp", p.cfg.Server)
	}
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.server = conn
	w.mu.Unlock()
	p.work.Go(func() { p.readStream(conn) })
	return nil
}

// Break closes the phone's connections, in both directions, without a word. Its
// listener stays. TCP and TLS only.
func (p *Phone) Break() {
	w := p.wire.(*streamWire)
	w.mu.Lock()
	if w.server != nil {
		w.server.Close()
	}
	w.mu.Unlock()
	p.mu.Lock()
	conns := p.conns
	p.conns = nil
	p.mu.Unlock()
	for _, conn := range conns {
		conn.Close()
	}
}

// Reconnect opens another connection to the server.
func (p *Phone) Reconnect() error { return p.connect(p.wire.(*streamWire)) }

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

// dialer connects from the address on which the phone listens, if a script chose one.
func (p *Phone) dialer() *net.Dialer {
	host, _, _ := net.SplitHostPort(p.cfg.Listen)
	at := net.ParseIP(host)
	if at == nil || at.IsUnspecified() || host == "127.0.0.1" {
		return new(net.Dialer)
	}
	return &net.Dialer{LocalAddr: &net.TCPAddr{IP: at}}
}
