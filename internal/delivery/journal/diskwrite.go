package journal

// diskWrite is one write to the active segment: some frames. Its methods are called
// while the store's disk lock is held.
type diskWrite struct {
	store  *DiskStore
	names  []uint64 // pages that it says are done
	wrote  []uint64 // pages that it has
	places map[uint64]place
	moved  map[uint64]place // where those that it moves were
}

// begin prepares a write.
func (s *DiskStore) begin() *diskWrite {
	s.room = s.room[:0]
	return &diskWrite{store: s}
}

// add appends a frame and returns where it will be.
func (w *diskWrite) add(kind frameKind, page uint64, content []byte) (at int64) {
	s := w.store
	at = s.end + int64(len(s.room))
	s.sequence++
	s.room = appendFrame(s.room, frame{kind: kind, sequence: s.sequence, synced: s.synced, page: page, content: content})
	return at
}

// done names the pages that are done.
func (w *diskWrite) done() {
	s := w.store
	s.mu.Lock()
	w.names, s.done = s.done, nil
	s.mu.Unlock()
	if len(w.names) > 0 {
		w.add(frameDone, 0, doneContent(w.names))
	}
}

// page adds a page.
func (w *diskWrite) page(number uint64, data []byte) {
	if w.places == nil {
		w.places = map[uint64]place{}
	}
	w.places[number] = place{at: w.add(framePage, number, data), size: len(data)}
	w.wrote = append(w.wrote, number)
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
	w.moved = map[uint64]place{}
	var moving []uint64
	oldest, size := s.segments[0], 0
	for len(oldest.pages) > 0 && size < max(bytes, 1) {
		number := oldest.pages[0]
		if p := s.places[number]; p.segment == oldest {
			w.moved[number] = p
			moving = append(moving, number)
			size += p.size
		}
		oldest.pages = oldest.pages[1:]
	}
	s.mu.Unlock()
	for _, number := range moving {
		p := w.moved[number]
		data, err := s.read(number, p)
		if err != nil {
			// Its file stays, and with it all that follow: the next start reports it.
			s.log.Error("a page of the journal cannot be read; the files of the journal grow until the next start", "file", p.segment.path(s.dir), "error", err)
			delete(w.moved, number)
			continue
		}
		w.page(number, data)
	}
}

// commit writes the frames, and with sync returns when they are on the disk. After
// an error it is as if the write had not begun.
func (w *diskWrite) commit(sync bool) error {
	s := w.store
	if len(s.room) > 0 {
		if _, err := s.file.WriteAt(s.room, s.end); err != nil {
			w.undo()
			return err
		}
		s.end += int64(len(s.room))
		s.makeRoom()
	}
	s.written = append(s.written, w.names...)
	if sync {
		if err := s.sync(); err != nil {
			w.names = nil // sync has put them back
			w.undo()
			return err
		}
	}
	w.settle()
	if cap(s.room) > maxPageBytes/4 {
		s.room = nil // let the memory of a burst go
	}
	return nil
}

// undo lets a write that failed be forgotten.
func (w *diskWrite) undo() {
	s := w.store
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = append(w.names, s.done...)
	for number, p := range w.moved {
		p.segment.pages = append(p.segment.pages, number)
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
	for _, number := range w.wrote {
		p := w.places[number]
		p.segment = active
		if old, moves := w.moved[number]; moves {
			if s.places[number] != old {
				continue // it is done meanwhile
			}
			old.segment.live--
			s.live -= int64(p.size)
		}
		s.places[number] = p
		s.live += int64(p.size)
		active.live++
		active.pages = append(active.pages, number)
	}
	if s.dead() != nil {
		s.sweepSoon()
	}
}
