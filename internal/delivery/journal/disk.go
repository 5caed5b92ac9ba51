package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/datadir"
)

// forgetAfter is how long a page that is done may wait for the next write, which
// forgets it too.
const forgetAfter = 200 * time.Millisecond

// DiskStore keeps the pages of a single server in files of one directory, which
// belongs to this process. A page is appended with one write and one sync of the
// data. Pages that are done are named by the next write; a crash before it repeats
// their deliveries, as it repeats those in progress.
type DiskStore struct {
	dir  string
	from Former
	log  *slog.Logger
	full int64 // segmentSize, but in tests

	// disk is held while files are written. Append, sweep and Close take it; nobody
	// who must not wait for the disk does.
	disk     sync.Mutex
	file     *os.File  // of the last segment
	end      int64     // where the next frame goes
	roomEnd  int64     // the file has zeros from end to here
	synced   int64     // so much of the file is on the disk
	sequence uint64    // of the last frame
	next     uint64    // number of the next page
	lastID   uint64    // of the last page that was appended
	written  []uint64  // done, written and not synced
	room     []byte    // for the next write
	write    diskWrite // the last one
	closed   bool

	mu       sync.Mutex // around memory; taken after disk
	segments []*segment // the oldest first; the last is active
	places   map[uint64]place
	bytes    int64       // of all files
	live     int64       // of the data of the kept pages
	done     []uint64    // not written yet
	sweeping *time.Timer // set while done pages wait, nil: not
}

// OnDisk returns the store of pages in a directory, which is made if it does not
// exist. From is where an earlier version of this program kept them; nil: nowhere.
func OnDisk(dir string, from Former, log *slog.Logger) *DiskStore {
	return &DiskStore{dir: dir, from: from, log: log, full: segmentSize, places: map[uint64]place{}}
}

// Append implements Store. With the page go the numbers of those that are done, and
// some of the oldest pages, if the files have become too large.
func (s *DiskStore) Append(_ context.Context, id uint64, data []byte) (uint64, error) {
	s.disk.Lock()
	defer s.disk.Unlock()
	if s.closed {
		return 0, os.ErrClosed
	}
	if id == s.lastID && s.lastID != 0 {
		return s.next - 1, nil // it was repeated, although it had succeeded
	}
	if err := s.roll(); err != nil {
		return 0, fmt.Errorf("begin a new file of the journal: %w", err)
	}
	w := s.begin()
	w.done()
	w.move(2 * len(data))
	w.page(s.next, data, place{})
	if err := w.commit(true); err != nil {
		return 0, err
	}
	s.next++
	s.lastID = id
	return s.next - 1, nil
}

// roll begins a new segment when the last is full.
func (s *DiskStore) roll() error {
	if s.end < s.full {
		return nil
	}
	if err := s.sync(); err != nil {
		return err
	}
	s.mu.Lock()
	following := &segment{ordinal: s.segments[len(s.segments)-1].ordinal + 1}
	s.mu.Unlock()
	file, err := createSegment(s.dir, following, startOf(s.sequence+1, s.next, s.synced))
	if err != nil {
		return err
	}
	s.cutRoom()
	err = s.file.Close() // its content is on the disk
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

// sync brings everything written to the disk.
func (s *DiskStore) sync() error {
	if s.end == s.synced {
		return nil
	}
	if err := datadir.SyncData(s.file); err != nil {
		s.rewind()
		return err
	}
	s.synced = s.end
	s.written = s.written[:0]
	return nil
}

// rewind lets the next write take the place of what was written since the last sync:
// after one that failed, nobody knows what is on the disk.
func (s *DiskStore) rewind() {
	s.end = s.synced
	s.mu.Lock()
	s.done = append(append([]uint64(nil), s.written...), s.done...)
	s.mu.Unlock()
	s.written = s.written[:0]
}

// Read implements Store.
func (s *DiskStore) Read(_ context.Context, number uint64) ([]byte, error) {
	s.mu.Lock()
	p, kept := s.places[number]
	s.mu.Unlock()
	if !kept {
		return nil, ErrNotKept
	}
	data, err := s.read(number, p)
	if errors.Is(err, os.ErrNotExist) {
		s.mu.Lock()
		p, kept = s.places[number] // it was moved, or forgotten, meanwhile
		s.mu.Unlock()
		if !kept {
			return nil, ErrNotKept
		}
		return s.read(number, p)
	}
	return data, err
}

// read reads a page from its file.
func (s *DiskStore) read(number uint64, p place) ([]byte, error) {
	file, err := os.Open(p.segment.path(s.dir))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readPlace(file, number, p)
}

// readPlace reads a page from the open file of its segment.
func readPlace(file *os.File, number uint64, p place) ([]byte, error) {
	data := make([]byte, frameHead+p.size)
	if _, err := file.ReadAt(data, p.at); err != nil {
		return nil, err
	}
	f, _, intact := readFrame(data, 0)
	if !intact || f.kind != framePage || f.page != number {
		return nil, fmt.Errorf("%w: page %d at byte %d of %s", ErrDamaged, number, p.at, file.Name())
	}
	return f.content, nil
}

// Done implements Store.
func (s *DiskStore) Done(number uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, kept := s.places[number]
	if !kept {
		return
	}
	delete(s.places, number)
	p.segment.live--
	s.live -= int64(p.size)
	s.done = append(s.done, number)
	s.sweepSoon()
}

// Close implements Store.
func (s *DiskStore) Close(context.Context) error {
	s.disk.Lock()
	defer s.disk.Unlock()
	if s.closed || s.file == nil {
		return nil
	}
	s.mu.Lock()
	if s.sweeping != nil {
		s.sweeping.Stop()
	}
	s.mu.Unlock()
	s.closed = true
	w := s.begin()
	w.done()
	err := w.commit(true)
	if err == nil {
		s.cutRoom()
	}
	if err := errors.Join(err, s.file.Close()); err != nil {
		return fmt.Errorf("close the journal, some deliveries will be repeated: %w", err)
	}
	return nil
}

// doneContent is the content of a frame that names pages.
func doneContent(numbers []uint64) []byte {
	content := make([]byte, 0, 8*len(numbers))
	for _, number := range numbers {
		content = binary.LittleEndian.AppendUint64(content, number)
	}
	return content
}
