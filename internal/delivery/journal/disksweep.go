package journal

import (
	"errors"
	"os"
	"time"
)

// isDead reports whether the oldest segment can be removed.
func (s *DiskStore) isDead() bool { return len(s.segments) > 1 && s.segments[0].live == 0 }

// sweepSoon has the store swept, unless it is about to be.
func (s *DiskStore) sweepSoon() {
	if s.sweeping == nil {
		s.sweeping = time.AfterFunc(forgetAfter, s.sweep)
	}
}

// sweep writes which pages are done, if no page was written meanwhile, and removes
// the segments that are dead. What has taken the place of their pages is synced before.
func (s *DiskStore) sweep() {
	s.syncs.Lock()
	defer s.syncs.Unlock()
	dead, err := s.writeDone()
	// Without a file to remove there is no hurry: what the file system has survives
	// the process, and the next sync brings it to the disk.
	if err == nil && dead > 0 {
		err = s.sync()
	}
	if err != nil {
		s.log.Error("the journal cannot be written; deliveries that are over may be repeated after a crash", "error", err)
		return
	}
	for range dead {
		if !s.removeOldest() {
			return
		}
	}
}

// writeDone writes which pages are done, and returns how many segments are dead.
func (s *DiskStore) writeDone() (dead int, err error) {
	s.disk.Lock()
	defer s.disk.Unlock()
	if s.closed {
		return 0, nil
	}
	s.mu.Lock()
	s.sweeping = nil
	for dead < len(s.segments)-1 && s.segments[dead].live == 0 {
		dead++
	}
	s.mu.Unlock()
	w := s.begin()
	w.done()
	return dead, w.commit()
}

// removeOldest removes the oldest segment, which is dead. The removal is on the disk
// when it returns: none may go before an older one.
func (s *DiskStore) removeOldest() bool {
	s.mu.Lock()
	oldest := s.segments[0]
	s.mu.Unlock()
	err := s.files.remove(oldest.name())
	if err == nil || errors.Is(err, os.ErrNotExist) { // removed before, and perhaps not on the disk
		err = s.files.sync()
	}
	if err != nil {
		s.log.Error("a file of the journal that is of no use any more cannot be removed", "file", oldest.path(s.dir), "error", err)
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.segments = s.segments[1:]
	s.bytes -= oldest.size
	return true
}
