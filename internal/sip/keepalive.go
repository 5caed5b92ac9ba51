package sip

import (
	"bytes"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Keep-alives of connections that we have opened (RFC 5626 §4.4.1).
const (
	connKeepAlive = 95 * time.Second // of the 95 to 120 s that the RFC allows
	pongTime      = 10 * time.Second
)

// keptConn is a connection that we opened to a trunk, with keep-alives. An empty
// line now and then keeps it open through NATs. A peer that has answered one is
// dead when it does not answer the next; others may ignore them (RFC 3261 §7.5):
// only a failing write shows that they are gone.
type keptConn struct {
	net.Conn
	onClose func(*keptConn)

	writeMu      sync.Mutex
	awaitsPong   atomic.Bool // nothing was read since the last ping left
	answersPings atomic.Bool // it answers pings

	closeOnce sync.Once
}

// Read notes that the peer was heard.
func (l *keptConn) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	if n > 0 {
		l.awaitsPong.Store(false)
		if n <= 4 && len(bytes.Trim(b[:n], "\r\n")) == 0 {
			l.answersPings.Store(true)
		}
	}
	return n, err
}

// Write writes a message; a ping never interrupts it.
func (l *keptConn) Write(b []byte) (int, error) {
	l.writeMu.Lock()
	defer l.writeMu.Unlock()
	return l.Conn.Write(b)
}

// Close forgets the connection.
func (l *keptConn) Close() error {
	l.closeOnce.Do(func() { l.onClose(l) })
	return l.Conn.Close()
}

// ping sends two empty lines. A connection that takes nothing any more is closed.
func (l *keptConn) ping() {
	if !l.writeMu.TryLock() { // a message is on its way, which does as well
		return
	}
	defer l.writeMu.Unlock()
	l.awaitsPong.Store(true)
	l.Conn.SetWriteDeadline(time.Now().Add(pongTime))
	if _, err := l.Conn.Write([]byte("\r\n\r\n")); err != nil {
		l.Close()
	}
}

// missedPong reports whether the last ping was not answered.
func (l *keptConn) missedPong() bool {
	return l.answersPings.Load() && l.awaitsPong.Load()
}

// keptConns are the connections that we have opened.
type keptConns struct {
	closed func(*keptConn) // is told of each that closes

	mu    sync.Mutex
	conns map[*keptConn]struct{}
}

// add keeps a connection alive from now on.
func (l *keptConns) add(conn net.Conn) *keptConn {
	made := &keptConn{Conn: conn, onClose: l.remove}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conns == nil {
		l.conns = make(map[*keptConn]struct{})
	}
	l.conns[made] = struct{}{}
	return made
}

func (l *keptConns) remove(gone *keptConn) {
	l.mu.Lock()
	delete(l.conns, gone)
	l.mu.Unlock()
	l.closed(gone)
}

func (l *keptConns) each(do func(*keptConn)) {
	l.mu.Lock()
	list := make([]*keptConn, 0, len(l.conns))
	for one := range l.conns {
		list = append(list, one)
	}
	l.mu.Unlock()
	for _, one := range list {
		do(one)
	}
}

// keepConnsAlive pings the connections and closes those whose peers are dead. The
// next request opens another.
func (s *Server) keepConnsAlive() {
	ping := time.NewTicker(s.cfg.connKeepAlive)
	defer ping.Stop()
	check := time.NewTimer(time.Hour)
	defer check.Stop()
	for {
		select {
		case <-ping.C:
			s.keptConns.each(func(l *keptConn) { s.work.Go(l.ping) }) // one that takes nothing is waited for beside the others
			check.Reset(min(pongTime, s.cfg.connKeepAlive/2))
		case <-check.C:
			s.keptConns.each(func(l *keptConn) {
				if l.missedPong() {
					s.log.Info("connection closed: its peer does not answer keep-alives", "peer", l.RemoteAddr())
					l.Close()
				}
			})
		case <-s.ctx.Done():
			return
		}
	}
}
