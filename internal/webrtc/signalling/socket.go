package signalling

import (
	"bufio"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
	"github.com/switchhook/switchhook/internal/inbox"
	"github.com/switchhook/switchhook/internal/ratelimit"
)

// socket is one WebSocket. Its reader is the goroutine that serves it; a second
// goroutine writes what is queued.
type socket struct {
	conn   net.Conn
	reader *bufio.Reader
	wake   inbox.Signal
	done   chan struct{} // closed when the writer has left
	all    *atomic.Int64 // bytes that wait for all sockets
	frames *ratelimit.Bucket

	mu      sync.Mutex
	queue   [][]byte // whole frames of RFC 6455
	queued  int      // bytes
	ending  bool     // what is queued is the last
	over    bool
	heardAt time.Time // the last frame of the client
}

func newSocket(conn net.Conn, reader *bufio.Reader, all *atomic.Int64) *socket {
	s := &socket{
		conn: conn, reader: reader, wake: inbox.NewSignal(), done: make(chan struct{}), all: all, heardAt: time.Now(),
		frames: ratelimit.NewBucket(ratelimit.Rate{PerSecond: frameRate, Burst: frameBurst}),
	}
	go s.write()
	return s
}

// send queues a message. It never blocks. What is too much ends the socket with tooSlow.
func (s *socket) send(text []byte, tooSlow func()) {
	if !s.put(ws.MustCompileFrame(ws.NewTextFrame(text)), false) {
		tooSlow()
	}
}

// put returns false where too much waits.
func (s *socket) put(frame []byte, last bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ending || s.over:
		return true
	case s.queued > 0 && s.queued+len(frame) > s.room() && !last:
		return false
	}
	s.queue = append(s.queue, frame)
	s.count(len(frame))
	s.ending = last
	s.wake.Set()
	return true
}

// room is how much may wait, in bytes. Where much waits for all, who reads slowly makes
// room for the others.
func (s *socket) room() int {
	if s.all.Load() > maxQueuedByAll {
		return leastQueued
	}
	return maxQueued
}

// count notes that so many bytes more wait. It runs under s.mu.
func (s *socket) count(bytes int) {
	s.queued += bytes
	s.all.Add(int64(bytes))
}

// drop forgets what waits. It runs under s.mu.
func (s *socket) drop() {
	s.queue = nil
	s.count(-s.queued)
}

// close ends the socket with a code, after what is queued.
func (s *socket) close(code int, text string) {
	s.put(ws.MustCompileFrame(ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusCode(code), text))), true)
}

// abandon ends the socket with a code; what is queued is dropped.
func (s *socket) abandon(code int, text string) {
	s.mu.Lock()
	s.drop()
	s.mu.Unlock()
	s.close(code, text)
}

// leaves reports whether the socket ends: what still comes is not taken.
func (s *socket) leaves() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ending || s.over
}

// ping asks the client for a sign of life, or reports that there has been none.
func (s *socket) ping(now time.Time) (alive bool) {
	s.put(ws.MustCompileFrame(ws.NewPingFrame(nil)), false)
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Sub(s.heardAt) < pongTime
}

// stop closes the connection and waits for the writer.
func (s *socket) stop() {
	s.mu.Lock()
	s.over = true
	s.mu.Unlock()
	s.wake.Set()
	<-s.done
	s.conn.Close()
}

func (s *socket) write() {
	defer close(s.done)
	for range s.wake {
		s.mu.Lock()
		frames, bytes, ending, over := s.queue, s.queued, s.ending, s.over
		s.queue, s.queued = nil, 0
		s.mu.Unlock()
		buffers := net.Buffers(frames)
		s.conn.SetWriteDeadline(time.Now().Add(writeTime))
		_, err := buffers.WriteTo(s.conn)
		s.all.Add(-int64(bytes)) // until here it was in memory
		if err != nil || ending {
			// the reader learns of it, at the latest when the peer does not close
			s.conn.SetReadDeadline(time.Now().Add(time.Second))
		}
		if err != nil || ending || over {
			s.mu.Lock()
			s.over = true
			s.drop()
			s.mu.Unlock()
			return
		}
	}
}
