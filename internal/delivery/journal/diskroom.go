package journal

// Room is made ahead of the frames: zeros behind the last one, so that a page does not
// change the size of its file. A sync then brings its data to the disk and nothing of
// the file system's own, which costs a journal commit on many of them. Zeros are no
// frame, so that recovery ends where they begin.
//
// They are written with the page that needs them and share its sync, and they are cut
// off when the file is full or closed: only after a kill are they left over. The first
// piece is there before the file is begun (createSegment).

// pieces is how many pieces of room a file has when it is full.
const pieces = 32

var zeros [64 << 10]byte

// piece is how much room is made at once, in bytes.
func (s *DiskStore) piece() int64 { return max(s.full/pieces, 1) }

// makeRoom adds a piece to the active file when the last one is used up. The frames are
// written already, and need no room that cannot be made.
func (s *DiskStore) makeRoom() {
	if s.end <= s.roomEnd || s.end >= s.full {
		return
	}
	piece := s.piece()
	to := (s.end + piece - 1) / piece * piece
	s.roomEnd, _ = writeZeros(s.file, s.end, to)
}

// writeZeros writes zeros from one byte of a file up to another, and returns how far it came.
func writeZeros(file file, from, to int64) (int64, error) {
	for from < to {
		n, err := file.WriteAt(zeros[:min(int64(len(zeros)), to-from)], from)
		if from += int64(n); err != nil {
			return from, err
		}
	}
	return to, nil
}

// cutRoom gives back the room that is not used. Without success it is a waste of the
// disk, and no more.
func (s *DiskStore) cutRoom() {
	if s.roomEnd > s.end {
		_ = s.file.Truncate(s.end)
	}
}
