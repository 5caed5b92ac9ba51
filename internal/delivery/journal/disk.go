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
)

// forgetAfter is how long a page that is done may wait for the next write, which
// forgets it too.
const forgetAfter = 200 * time.Millisecond

// DiskStore keeps the pages of a single server in files of one directory, which
// belongs to this process. A page is appended with one write, and syncs are shared.
// A power cut leaves the files as they were at the last sync or after one of the
// writes behind it. Pages that are done are named by the next write; a crash before
// it repeats their deliveries, as it repeats those in progress.
type DiskStore struct {
	dir  string
	from Former
	log  *slog.Logger
	full int64 // segmentSize, but in tests
	over int64 // so much a full file takes while the next one is made: rollAhead, but in tests
	// files is the directory; syncData is that of files, but in tests.
	files    folder
	syncData func(file) error

	// rolls is held while the next file is made and becomes the active one. It is taken
	// before syncs.
	rolls sync.Mutex
	// syncs is held while the active file is synced, and while another becomes the
	// active one, an old one is removed, or the store is closed. It is taken before disk.
	syncs sync.Mutex
	// disk is held while files are written. Append, Sync, sweep and Close take it;
	// nobody who must not wait for the disk does.
	disk     sync.Mutex
	file     file      // of the last segment
	end      int64     // where the next frame goes
	roomEnd  int64     // the file has zeros from end to here
	synced   int64     // so much of the file is on the disk
	unsynced []byte    // what the file has from there to end; behind it, the next write
	suspect  bool      // the last sync failed: what is on the disk of unsynced is not known
	sequence uint64    // of the last frame
	next     uint64    // number of the next page
	lastID   uint64    // of the last page that was appended
	write    diskWrite // the last one
	closed   bool
	rolling  bool           // the next file is made in the background
	work     sync.WaitGroup // what goes on in the background

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
	files := osFolder(dir)
	return &DiskStore{
		dir: dir, from: from, log: log, full: segmentSize, over: rollAhead, files: files, syncData: files.syncData, places: map[uint64]place{},
	}
}

// Append implements Store. With the page go the numbers of those that are done, and
// some of the oldest pages, if the files have become too large.
func (s *DiskStore) Append(_ context.Context, id uint64, data []byte) (uint64, error) {
	if len(data) > maxFrame {
		return 0, fmt.Errorf("a page of %d bytes is longer than %d", len(data), maxFrame)
	}
	if err := s.prepare(); err != nil {
		return 0, err
	}
	s.disk.Lock()
	defer s.disk.Unlock()
	if s.closed {
		return 0, os.ErrClosed
	}
	if id == s.lastID && s.lastID != 0 {
		return s.next - 1, nil // it was repeated, although it had succeeded
	}
	w := s.begin()
	w.done()
	w.move(2 * len(data))
	w.page(s.next, data, place{})
	if err := w.commit(); err != nil {
		return 0, err
	}
	s.next++
	s.lastID = id
	s.rollSoon()
	return s.next - 1, nil
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
		if data, err = s.read(number, p); errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%w: the file of page %d is missing: %w", ErrDamaged, number, err)
		}
	}
	return data, err
}

// read reads a page from its file.
func (s *DiskStore) read(number uint64, p place) ([]byte, error) {
	file, err := s.files.open(p.segment.name(), os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readPlace(file, number, p)
}

// readPlace reads a page from the open file of its segment.
func readPlace(file file, number uint64, p place) ([]byte, error) {
	data := make([]byte, frameHead+p.size)
	if _, err := file.ReadAt(data, p.at); err != nil {
		return nil, fmt.Errorf("%w: page %d at byte %d of %s: %w", ErrDamaged, number, p.at, file.Name(), err)
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

// Close implements Store. What was appended is on the disk then.
func (s *DiskStore) Close(context.Context) error {
	defer s.work.Wait()
	return s.close()
}

func (s *DiskStore) close() error {
	s.syncs.Lock()
	defer s.syncs.Unlock()
	s.disk.Lock()
	if s.closed || s.file == nil {
		s.disk.Unlock()
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
	err := w.commit()
	s.disk.Unlock()
	if err = errors.Join(err, s.sync()); err == nil {
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
