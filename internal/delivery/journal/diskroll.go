package journal

import (
	"fmt"
	"os"
)

// maxUnsynced is how much may be written and not synced, in bytes, before the next page
// waits for the disk; the page that exceeds it is still written.
const maxUnsynced = 4 << 20

// prepare waits for the disk where no page may be written before: behind a sync that
// has failed, behind too much that is not on the disk, and behind a full file.
func (s *DiskStore) prepare() error {
	s.disk.Lock()
	full, behind := s.end >= s.full, s.suspect || len(s.unsynced) > maxUnsynced
	s.disk.Unlock()
	switch {
	case full:
		if err := s.roll(); err != nil {
			return fmt.Errorf("begin a new file of the journal: %w", err)
		}
	case behind:
		return s.Sync()
	}
	return nil
}

// roll begins a new segment. The last one is on the disk then.
func (s *DiskStore) roll() error {
	s.syncs.Lock()
	defer s.syncs.Unlock()
	if err := s.sync(); err != nil {
		return err
	}
	s.disk.Lock()
	defer s.disk.Unlock()
	if s.closed {
		return os.ErrClosed
	}
	s.mu.Lock()
	following := &segment{ordinal: s.segments[len(s.segments)-1].ordinal + 1}
	s.mu.Unlock()
	file, err := createSegment(s.dir, following, startOf(s.sequence+1, s.next, s.synced))
	if err != nil {
		return err
	}
	s.cutRoom()
	err = s.file.Close()
	s.sequence++
	s.use(file, following)
	return err
}

// use makes a segment the active one. Its frames so far are on the disk.
func (s *DiskStore) use(file *os.File, active *segment) {
	s.file, s.end, s.roomEnd, s.synced = file, active.size, active.size, active.size
	s.mu.Lock()
	s.segments = append(s.segments, active)
	s.bytes += active.size
	s.mu.Unlock()
}
