package journal

import (
	"os"
	"time"

	"github.com/switchhook/switchhook/internal/datadir"
)

// sweepSoon has the store swept, unless it is about to be.
func (s *DiskStore) sweepSoon() {
	if s.sweeping == nil {
		s.sweeping = time.AfterFunc(forgetAfter, s.sweep)
	}
}

// sweep writes which pages are done, if no page was written meanwhile, and removes
// the segments that are dead.
func (s *DiskStore) sweep() {
	s.disk.Lock()
	defer s.disk.Unlock()
	if s.closed {
		return
	}
	s.mu.Lock()
	s.sweeping = nil
	dead := s.dead() != nil
	s.mu.Unlock()
	w := s.begin()
	w.done()
	// Without a file to remove there is no hurry: what the file system has survives
	// the process, and the next page brings it to the disk.
	if err := w.commit(dead); err != nil {
		s.log.Error("the journal cannot be written; deliveries that are over may be repeated after a crash", "error", err)
		return
	}
	if dead {
		s.removeDead()
	}
}

// dead is the oldest segment, if it can be removed.
func (s *DiskStore) dead() *segment {
	if len(s.segments) > 1 && s.segments[0].live == 0 {
		return s.segments[0]
	}
	return nil
}

// removeDead removes the dead segments, each only when the removal of the one before
// it is on the disk.
func (s *DiskStore) removeDead() {
	for {
		s.mu.Lock()
		oldest := s.dead()
		s.mu.Unlock()
		if oldest == nil {
			return
		}
		err := os.Remove(oldest.path(s.dir))
		if err == nil {
			err = datadir.SyncDir(s.dir)
		}
		if err != nil && !os.IsNotExist(err) {
			s.log.Error("a file of the journal that is of no use any more cannot be removed", "file", oldest.path(s.dir), "error", err)
			return
		}
		s.mu.Lock()
		s.segments = s.segments[1:]
		s.bytes -= oldest.size
		s.mu.Unlock()
	}
}
