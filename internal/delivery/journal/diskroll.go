package journal

import (
	"errors"
	"fmt"
	"os"
)

const (
	// maxUnsynced is how much may be written and not synced, in bytes, before the next page
	// waits for the disk; the page that exceeds it is still written.
	maxUnsynced = 4 << 20
	// rollAhead is how much a full file takes, in bytes, while the next one is made in the
	// background. If it takes longer, the next page waits for it.
	rollAhead = segmentSize / 4
)

// prepare waits for the disk where no page may be written before: behind a sync that
// has failed, behind too much that is not on the disk, and behind a file that is more
// than full.
func (s *DiskStore) prepare() error {
	s.disk.Lock()
	full, behind := s.end >= s.full+s.over, s.suspect || len(s.unsynced) > maxUnsynced
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

// rollSoon has a full file followed by another in the background. Its failure is told by
// prepare, once the file has no room any more; until then the next page has it tried again.
// It is called while the disk lock is held.
func (s *DiskStore) rollSoon() {
	if s.over == 0 || s.end < s.full || s.rolling || s.closed {
		return
	}
	s.rolling = true
	s.work.Go(func() {
		_ = s.roll()
		s.disk.Lock()
		s.rolling = false
		s.disk.Unlock()
	})
}

// roll begins a new segment, unless somebody else has. The last one is on the disk then.
// The new one is on the disk, empty, before it is begun: a crash leaves it empty or with
// frames that nobody relied on, and recovery goes on with the last one.
func (s *DiskStore) roll() error {
	s.rolls.Lock()
	defer s.rolls.Unlock()
	s.disk.Lock()
	full, begun, closed := s.end >= s.full, s.synced > 0, s.closed
	s.disk.Unlock()
	switch {
	case closed:
		return os.ErrClosed
	case !full:
		return nil
	case !begun: // two files of which nothing is on the disk would look like damage
		if err := s.Sync(); err != nil {
			return err
		}
	}
	s.mu.Lock()
	following := &segment{ordinal: s.segments[len(s.segments)-1].ordinal + 1}
	s.mu.Unlock()
	file, err := s.createSegment(following, s.piece())
	if err != nil {
		return err
	}
	for {
		begun, err := s.follow(file, following)
		if err != nil {
			return errors.Join(err, file.Close(), s.files.remove(following.name()))
		}
		if begun {
			return nil
		}
	}
}

// follow brings the active file to the disk, and makes another the active one, unless
// something was written meanwhile. At the latest it succeeds when the writer waits for it.
func (s *DiskStore) follow(file file, following *segment) (begun bool, err error) {
	s.syncs.Lock()
	defer s.syncs.Unlock()
	if err := s.sync(); err != nil {
		return false, err
	}
	s.disk.Lock()
	defer s.disk.Unlock()
	switch {
	case s.closed:
		return false, os.ErrClosed
	case s.end != s.synced:
		return false, nil
	}
	s.cutRoom()
	last := s.file
	if err := s.start(file, following, startOf(s.sequence+1, s.next, s.synced), s.piece()); err != nil {
		s.roomEnd = s.end
		return false, err
	}
	_ = last.Close() // it is on the disk
	return true, nil
}

// start writes the first frame of a segment, and makes it the active one. Nothing of it
// is on the disk before the next sync.
func (s *DiskStore) start(file file, first *segment, f frame, room int64) error {
	head := appendFrame(nil, f)
	if _, err := file.WriteAt(head, 0); err != nil {
		return err
	}
	s.sequence = f.sequence
	first.size = int64(len(head))
	s.unsynced = append(s.unsynced[:0], head...)
	s.use(file, first, 0)
	s.roomEnd = max(room, s.end)
	return nil
}

// use makes a segment the active one, of which so much is on the disk.
func (s *DiskStore) use(file file, active *segment, synced int64) {
	s.file, s.end, s.roomEnd, s.synced = file, active.size, active.size, synced
	s.mu.Lock()
	s.segments = append(s.segments, active)
	s.bytes += active.size
	s.mu.Unlock()
}
