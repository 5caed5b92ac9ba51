package journal

// Room is made ahead of the frames: zeros behind the last one, so that a page does not
// change the size of its file. A sync then brings its data to the disk and nothing of
// the file system's own, which costs a journal commit on many of them. Zeros are no
// frame, so that recovery ends where they begin.
//
// They are written with the page that needs them and share its sync, and they are cut
// off when the file is full or closed: only after a kill are they left over.

// pieces is how many pieces of room a file has when it is full.
const pieces = 32

var zeros [64 << 10]byte

// makeRoom adds a piece to the active file when the last one is used up. The frames are
// written already, and need no room that cannot be made.
func (s *DiskStore) makeRoom() {
	if s.end <= s.roomEnd || s.end >= s.full {
		return
	}
	piece := max(s.full/pieces, 1)
	to := (s.end + piece - 1) / piece * piece
	for at := s.end; at < to; {
		n, err := s.file.WriteAt(zeros[:min(int64(len(zeros)), to-at)], at)
		if at += int64(n); err != nil {
			to = at
		}
	}
	s.roomEnd = to
}

// cutRoom gives back the room that is not used. Without success it is a waste of the
// disk, and no more.
func (s *DiskStore) cutRoom() {
	if s.roomEnd > s.end {
		_ = s.file.Truncate(s.end)
	}
}
