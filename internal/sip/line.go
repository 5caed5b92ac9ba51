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
	keepLinesEvery = 95 * time.Second // of the 95 to 120 s that the RFC allows
	pongTime       = 10 * time.Second
)

// line is a connection that we opened to a trunk. An empty line now and then
// keeps it open through NATs; whoever has answered one is dead when it does not
// answer the next. Others ignore them, by right (RFC 3261 §7.5): only writing
// tells that they are gone.
type line struct {
	net.Conn
	closed func(*line)

	writing sync.Mutex
	heard   atomic.Int64 // when something was read last, ns of Unix time
	asked   atomic.Int64 // when the last ping left
	pongs   atomic.Bool  // it answers pings

	closing sync.Once
}

// Read notes that the peer lives.
func (l *line) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	if n > 0 {
		l.heard.Store(time.Now().UnixNano())
		if n <= 4 && len(bytes.Trim(b[:n], "\r\n")) == 0 {
			l.pongs.Store(true)
		}
	}
	return n, err
}

// Write writes a message; no ping stands in its middle.
func (l *line) Write(b []byte) (int, error) {
	l.writing.Lock()
	defer l.writing.Unlock()
	return l.Conn.Write(b)
}

// Close forgets the connection.
func (l *line) Close() error {
	l.closing.Do(func() { l.closed(l) })
	return l.Conn.Close()
}

// ping sends two empty lines. A connection that takes nothing any more is closed.
func (l *line) ping() {
	if !l.writing.TryLock() { // a message is on its way, which does as well
		return
	}
	defer l.writing.Unlock()
	l.asked.Store(time.Now().UnixNano())
	l.Conn.SetWriteDeadline(time.Now().Add(pongTime))
	if _, err := l.Conn.Write([]byte("\r\n\r\n")); err != nil {
		l.Close()
	}
}

// silent reports whether the peer owes an answer to the last ping.
func (l *line) silent() bool { return l.pongs.Load() && l.heard.Load() < l.asked.Load() }

// lines are the connections that we have opened.
type lines struct {
	mu   sync.Mutex
	open map[*line]struct{}
}

// hold keeps a connection alive from now on.
func (l *lines) hold(conn net.Conn) *line {
	made := &line{Conn: conn, closed: l.drop}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = make(map[*line]struct{})
	}
	l.open[made] = struct{}{}
	return made
}

func (l *lines) drop(gone *line) {
	l.mu.Lock()
	delete(l.open, gone)
	l.mu.Unlock()
}

func (l *lines) each(do func(*line)) {
	l.mu.Lock()
	list := make([]*line, 0, len(l.open))
	for one := range l.open {
		list = append(list, one)
	}
	l.mu.Unlock()
	for _, one := range list {
		do(one)
	}
}

// keepLines pings the connections and closes those whose peers are dead. The
// next request opens another.
func (s *Server) keepLines() {
	ping := time.NewTicker(s.cfg.keepLines)
	defer ping.Stop()
	check := time.NewTimer(time.Hour)
	defer check.Stop()
	for {
		select {
		case <-ping.C:
			s.lines.each((*line).ping)
			check.Reset(min(pongTime, s.cfg.keepLines/2))
		case <-check.C:
			s.lines.each(func(l *line) {
				if l.silent() {
					s.log.Info("connection closed: its peer answers no keep-alive", "peer", l.RemoteAddr())
					l.Close()
				}
			})
		case <-s.ctx.Done():
			return
		}
	}
}
