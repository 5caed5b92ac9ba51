package provider

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
)

// How much of programs' sound is kept for their players, in bytes. A program that says
// more waits until some of it has been played.
const (
	maxSpooled      = 16 << 20  // of one: about six minutes
	maxSpooledInAll = 256 << 20 // beyond it, of one:
	leastSpooled    = 256 << 10
)

// spooled is what all spools keep together.
var spooled atomic.Int64

var errSpoolClosed = errors.New("nobody listens any more")

// spool is a pipe with room: what was written waits to be read.
type spool struct {
	mu      sync.Mutex
	changed *sync.Cond
	kept    []byte
	ended   bool  // nothing follows
	err     error // why, set with ended; nil: it is all
	closed  bool  // nobody reads
}

func newSpool() *spool {
	s := &spool{}
	s.changed = sync.NewCond(&s.mu)
	return s
}

// keep changes what is kept, under the lock.
func (s *spool) keep(kept []byte) {
	spooled.Add(int64(len(kept) - len(s.kept)))
	s.kept = kept
}

func (s *spool) hasRoom() bool {
	if spooled.Load() > maxSpooledInAll {
		return len(s.kept) < leastSpooled
	}
	return len(s.kept) < maxSpooled
}

// Write implements io.Writer, for the program's output.
func (s *spool) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.hasRoom() && !s.closed {
		s.changed.Wait()
	}
	if s.closed {
		return 0, errSpoolClosed
	}
	s.keep(append(s.kept, p...))
	s.changed.Broadcast()
	return len(p), nil
}

// Read implements io.Reader.
func (s *spool) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.kept) == 0 && !s.ended && !s.closed {
		s.changed.Wait()
	}
	if n := copy(p, s.kept); n > 0 {
		s.keep(s.kept[n:])
		s.changed.Broadcast()
		return n, nil
	}
	if s.err != nil {
		return 0, s.err
	}
	return 0, io.EOF
}

// end says that the program has ended.
func (s *spool) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended, s.err = true, err
	s.changed.Broadcast()
}

// close drops what is kept, and returns when the program has ended.
func (s *spool) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.keep(nil)
	s.changed.Broadcast()
	for !s.ended {
		s.changed.Wait()
	}
}
