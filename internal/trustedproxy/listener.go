package trustedproxy

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	// headerTime is how long a proxy may take to send its header.
	headerTime = 5 * time.Second
	// maxPending is how many connections may wait for their header.
	maxPending = 256
)

// Listener returns a listener on which each connection of a proxy begins with a header of
// the PROXY protocol, and is shown as one of the client that it names. Connections of
// others are as they are. The first connection of a proxy without a header is logged,
// since all of them will be refused. Close waits for the listener's goroutines.
func (l *List) Listener(of net.Listener, log *slog.Logger) net.Listener {
	made := &listener{Listener: of, proxies: l, log: log, ready: make(chan accepted), pending: make(chan struct{}, maxPending)}
	made.ctx, made.cancel = context.WithCancel(context.Background())
	made.work.Go(made.accept)
	return made
}

type listener struct {
	net.Listener
	proxies *List
	log     *slog.Logger
	told    sync.Once
	ready   chan accepted
	pending chan struct{} // one for each connection that waits for its header

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
}

// accepted is a result of Accept.
type accepted struct {
	conn net.Conn
	err  error
}

// Accept returns the next connection whose client is known.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case next := <-l.ready:
		return next.conn, next.err
	case <-l.ctx.Done():
		return nil, net.ErrClosed
	}
}

// Close closes the listener, and the connections that wait for their header.
func (l *listener) Close() error {
	l.cancel()
	err := l.Listener.Close()
	l.work.Wait()
	return err
}

// accept takes connections until the listener closes.
func (l *listener) accept() {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) || !l.give(accepted{err: err}) {
				l.cancel()
				return
			}
			continue
		}
		peer := addressOf(conn)
		if !l.proxies.Contains(peer.Addr()) {
			l.give(accepted{conn: conn})
			continue
		}
		select {
		case l.pending <- struct{}{}:
			l.work.Go(func() { l.meet(conn, peer) })
		default:
			conn.Close()
		}
	}
}

// meet reads the header of a proxy's connection.
func (l *listener) meet(conn net.Conn, peer netip.AddrPort) {
	defer func() { <-l.pending }()
	stop := context.AfterFunc(l.ctx, func() { conn.Close() })
	defer stop()
	conn.SetReadDeadline(time.Now().Add(headerTime))
	client, err := readHeader(conn, peer)
	if err != nil {
		conn.Close()
		l.told.Do(func() {
			l.log.Warn("a trusted proxy's connection was refused: with proxy-protocol all of them must begin with a header of the PROXY protocol", "proxy", peer, "error", err)
		})
		return
	}
	conn.SetReadDeadline(time.Time{})
	l.give(accepted{conn: clientConn{conn, net.TCPAddrFromAddrPort(client)}})
}

// give hands a result to Accept; false where the listener is closed.
func (l *listener) give(next accepted) bool {
	select {
	case l.ready <- next:
		return true
	case <-l.ctx.Done():
		if next.conn != nil {
			next.conn.Close()
		}
		return false
	}
}

func addressOf(conn net.Conn) netip.AddrPort {
	if tcp, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return tcp.AddrPort()
	}
	return netip.AddrPort{}
}

// clientConn is a connection of a client that a proxy names.
type clientConn struct {
	net.Conn
	client *net.TCPAddr
}

// RemoteAddr is the client's address.
func (c clientConn) RemoteAddr() net.Addr { return c.client }
