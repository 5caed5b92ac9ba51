package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	// segmentSize is the size in bytes at which a file is full; the page that exceeds
	// it is still in it.
	segmentSize = 8 << 20
	// segmentSuffix is that of the files' names; before it is the segment's ordinal.
	segmentSuffix  = ".segment"
	segmentVersion = 1
)

// segment is one file of a DiskStore:
//
//	made → active → full → dead → removed
//
// Frames are appended to the active one. A full one is dead when none of its pages
// is kept here any more. Dead ones are removed from the oldest on, so that the
// frames which say that a page is done never go before the page.
type segment struct {
	ordinal uint64
	size    int64    // of its frames, in bytes
	pages   []uint64 // numbers of the pages that were written to it, in their order
	live    int      // how many of them are kept here
}

// place is where a page is.
type place struct {
	segment *segment
	at      int64 // of its frame
	size    int   // of its data
}

func (s *segment) path(dir string) string { return filepath.Join(dir, s.name()) }

func (s *segment) name() string { return fmt.Sprintf("%016x", s.ordinal) + segmentSuffix }

// listSegments returns the ordinals of the files in a directory, the oldest first.
func listSegments(files folder) (ordinals []uint64, err error) {
	names, err := files.names()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		name, found := strings.CutSuffix(name, segmentSuffix)
		if ordinal, err := strconv.ParseUint(name, 16, 64); found && err == nil {
			ordinals = append(ordinals, ordinal)
		}
	}
	slices.Sort(ordinals)
	return ordinals, nil
}

// createSegment makes the file of a segment, with so much room. The file and its name are
// on the disk when it returns.
func (s *DiskStore) createSegment(made *segment, room int64) (file, error) {
	file, err := s.files.open(made.name(), os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return nil, err
	}
	_, err = writeZeros(file, 0, room)
	if err = errors.Join(err, file.Sync(), s.files.sync()); err != nil {
		return nil, errors.Join(err, file.Close(), s.files.remove(made.name()))
	}
	return file, nil
}

// startOf is the first frame of a segment that follows one of which so much is on
// the disk.
func startOf(sequence, page uint64, synced int64) frame {
	content := append([]byte{segmentVersion}, binary.LittleEndian.AppendUint64(nil, uint64(synced))...)
	return frame{kind: frameStart, sequence: sequence, page: page, content: content}
}

// readStart reads the content of a segment's first frame.
func readStart(f frame) (syncedBefore int64, err error) {
	if f.kind != frameStart || len(f.content) < 9 {
		return 0, ErrDamaged
	}
	if f.content[0] > segmentVersion {
		return 0, fmt.Errorf("it is of version %d, which is newer than this program", f.content[0])
	}
	return int64(binary.LittleEndian.Uint64(f.content[1:])), nil
}
