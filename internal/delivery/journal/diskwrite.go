package journal

import "slices"

// diskWrite is one write to the active segment: some frames. Its methods are called
// while the store's disk lock is held.
type diskWrite struct {
	store *DiskStore
	names []uint64      // pages that it says are done
	pages []writtenPage // pages that it has
}

// writtenPage is a page in a write.
type writtenPage struct {
	number uint64
	at     place
	from   place // where it was, if it is moved: its segment is nil if it is new
}

// begin prepares a write. There is one at a time, which uses the memory of the one before.
func (s *DiskStore) begin() *diskWrite {
	w := &s.write
	w.store, w.names = s, w.names[:0]
	clear(w.pages)
	w.pages = w.pages[:0]
	return w
}

// add appends a frame and returns where it will be.
func (w *diskWrite) add(kind frameKind, page uint64, content []byte) (at int64) {
	s := w.store
	at = s.synced + int64(len(s.unsynced))
	s.sequence++
	s.unsynced = appendFrame(s.unsynced, frame{kind: kind, sequence: s.sequence, synced: s.synced, page: page, content: content})
	return at
}

// done names the pages that are done.
func (w *diskWrite) done() {
	s := w.store
	s.mu.Lock()
	w.names, s.done = s.done, w.names[:0]
	s.mu.Unlock()
	if len(w.names) > 0 {
		w.add(frameDone, 0, doneContent(w.names))
	}
}

// page adds a page, which is new or was elsewhere.
func (w *diskWrite) page(number uint64, data []byte, from place) {
	at := place{at: w.add(framePage, number, data), size: len(data)}
	w.pages = append(w.pages, writtenPage{number, at, from})
}

// move adds pages of the oldest segment, so many bytes or one page, if more than half
// of the files is of no use any more. What is moved in the long run is thereby no
// more than what is forgotten.
func (w *diskWrite) move(bytes int) {
	s := w.store
	s.mu.Lock()
	if len(s.segments) < 2 || s.bytes <= 4*s.full+2*s.live {
		s.mu.Unlock()
		return
	}
	var moving []writtenPage
	oldest, size := s.segments[0], 0
	for len(oldest.pages) > 0 && size < max(bytes, 1) {
		number := oldest.pages[0]
		if p := s.places[number]; p.segment == oldest {
			moving = append(moving, writtenPage{number: number, from: p})
			size += p.size
		}
		oldest.pages = oldest.pages[1:]
	}
	s.mu.Unlock()
	for _, moved := range moving {
		data, err := s.read(moved.number, moved.from)
		if err != nil {
			// Its file stays, and with it all that follow: the next start reports it.
			s.log.Error("a page of the journal cannot be read; the files of the journal grow until the next start", "file", moved.from.segment.path(s.dir), "error", err)
			continue
		}
		w.page(moved.number, data, moved.from)
	}
}

// commit writes the frames. After an error it is as if the write had not begun.
func (w *diskWrite) commit() error {
	s := w.store
	if next := s.unsynced[s.end-s.synced:]; len(next) > 0 {
		if _, err := s.file.WriteAt(next, s.end); err != nil {
			w.undo()
			return err
		}
		s.end += int64(len(next))
		s.makeRoom()
	}
	w.settle()
	return nil
}

// undo lets a write that failed be forgotten.
func (w *diskWrite) undo() {
	s := w.store
	s.unsynced = s.unsynced[:s.end-s.synced]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = append(slices.Clone(w.names), s.done...)
	for _, p := range w.pages {
		if p.from.segment != nil {
			p.from.segment.pages = append(p.from.segment.pages, p.number)
		}
	}
}

// settle notes where the pages are now.
func (w *diskWrite) settle() {
	s := w.store
	s.mu.Lock()
	defer s.mu.Unlock()
	active := s.segments[len(s.segments)-1]
	s.bytes += s.end - active.size
	active.size = s.end
	for _, w := range w.pages {
		p := w.at
		p.segment = active
		if old := w.from; old.segment != nil {
			if s.places[w.number] != old {
				continue // it is done meanwhile
			}
			old.segment.live--
			s.live -= int64(p.size)
		}
		s.places[w.number] = p
		s.live += int64(p.size)
		active.live++
		active.pages = append(active.pages, w.number)
	}
	if s.isDead() {
		s.sweepSoon()
	}
}
