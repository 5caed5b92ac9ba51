package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
)

// Recover implements Store.
func (s *DiskStore) Recover(ctx context.Context, tell func(uint64, []byte) error) error {
	if err := s.files.make(); err != nil {
		return err
	}
	ordinals, err := listSegments(s.files)
	if err != nil {
		return err
	}
	if err := s.scan(ordinals); err != nil {
		return err
	}
	if err := s.takeOver(ctx); err != nil {
		return fmt.Errorf("take over the journal of an earlier version: %w", err)
	}
	return s.tellAll(tell)
}

// scan reads the segments, and makes the last one that was begun active.
func (s *DiskStore) scan(ordinals []uint64) error {
	r := scanner{store: s}
	for i, ordinal := range ordinals {
		if err := r.segment(ordinal, i == len(ordinals)-1); err != nil {
			return err
		}
	}
	for _, number := range r.done {
		if p, kept := s.places[number]; kept {
			delete(s.places, number)
			p.segment.live--
			s.live -= int64(p.size)
		}
	}
	if r.last != nil {
		return r.reopen()
	}
	first := &segment{ordinal: 1}
	if len(ordinals) > 0 {
		first.ordinal = ordinals[len(ordinals)-1]
	}
	file, err := s.createSegment(first, 0)
	if err != nil {
		return err
	}
	s.next = max(s.next, 1)
	return s.start(file, first, startOf(s.sequence+1, s.next, 0), 0)
}

// scanner reads segments, the oldest first.
type scanner struct {
	store   *DiskStore
	done    []uint64
	last    *segment // that was read; nil: none
	content []byte   // of its file
	synced  int64    // so much of it was on the disk, its frames say
}

// segment reads one. The very last may not have been begun: it was made ahead, and the
// one before it is still the active one.
func (r *scanner) segment(ordinal uint64, last bool) error {
	s, seg := r.store, &segment{ordinal: ordinal}
	path := seg.path(s.dir)
	content, err := s.files.read(seg.name())
	if err != nil {
		return err
	}
	if r.last != nil && r.last.ordinal+1 != ordinal {
		return fmt.Errorf("%w: the file before %s is missing; %s", ErrDamaged, path, wayOut)
	}
	synced := int64(0)
	for {
		f, size, intact := readFrame(content[seg.size:], s.sequence)
		if !intact {
			break
		}
		if (seg.size == 0) != (f.kind == frameStart) {
			return damagedAt(path, seg.size)
		}
		if err := r.frame(seg, f); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		seg.size += int64(size)
		synced = max(synced, f.synced)
	}
	if syncedBehind(content[seg.size:], s.sequence) > seg.size {
		return damagedAt(path, seg.size)
	}
	if seg.size == 0 && last {
		return errors.Join(s.files.remove(seg.name()), s.files.sync())
	}
	if seg.size == 0 {
		return damagedAt(path, 0)
	}
	if r.last != nil {
		s.segments = append(s.segments, r.last)
		s.bytes += r.last.size
	}
	r.last, r.content, r.synced = seg, content, synced
	return nil
}

// reopen makes the last segment the active one. What a crash has cut off is removed. What the
// last process wrote and perhaps did not sync counts from now on; it is written again, for if
// a sync of that process has failed, the kernel may take it for clean (see writeAgain).
func (r *scanner) reopen() error {
	s, seg, content := r.store, r.last, r.content
	file, err := s.files.open(seg.name(), os.O_RDWR)
	if err != nil {
		return err
	}
	if left := len(bytes.TrimRight(content[seg.size:], "\x00")); left > 0 {
		s.log.Info("the last write of the journal was cut off by a crash; nobody relied on it", "file", file.Name(), "bytes", left)
	}
	_, err = file.WriteAt(content[r.synced:seg.size], r.synced)
	if err == nil && int64(len(content)) > seg.size {
		err = file.Truncate(seg.size)
	}
	if err == nil {
		err = file.Sync()
	}
	if err != nil {
		file.Close()
		return err
	}
	s.use(file, seg, seg.size)
	return nil
}

// frame takes one over.
func (r *scanner) frame(seg *segment, f frame) error {
	s := r.store
	s.sequence = f.sequence
	switch f.kind {
	case frameStart:
		s.next = max(s.next, f.page)
		before, err := readStart(f)
		if err != nil {
			return err
		}
		if r.last != nil && before > r.last.size {
			return damagedAt(r.last.path(s.dir), r.last.size)
		}
	case framePage:
		s.next = max(s.next, f.page+1)
		old, moved := s.places[f.page]
		if moved {
			old.segment.live--
			s.live -= int64(old.size)
		}
		s.places[f.page] = place{segment: seg, at: seg.size, size: len(f.content)}
		s.live += int64(len(f.content))
		seg.live++
		seg.pages = append(seg.pages, f.page)
	case frameDone:
		for c := f.content; len(c) >= 8; c = c[8:] {
			r.done = append(r.done, binary.LittleEndian.Uint64(c))
		}
	}
	return nil
}

// wayOut is what can be done about damage.
const wayOut = "`switchhook journal check` says what is lost, `switchhook journal repair` leaves it out and keeps the rest"

// damagedAt is about what was on the disk once and cannot be read.
func damagedAt(path string, at int64) error {
	return fmt.Errorf("%w: %s cannot be read from byte %d on, although it was on the disk; %s", ErrDamaged, path, at, wayOut)
}

// tellAll tells the kept pages in the order of their numbers.
func (s *DiskStore) tellAll(tell func(uint64, []byte) error) error {
	numbers := make([]uint64, 0, len(s.places))
	for number := range s.places {
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	var file file // pages of one segment mostly follow each other
	var of *segment
	closeFile := func() {
		if of != nil {
			file.Close()
		}
	}
	defer func() { closeFile() }()
	for _, number := range numbers {
		p := s.places[number]
		if p.segment != of {
			opened, err := s.files.open(p.segment.name(), os.O_RDONLY)
			if err != nil {
				return err
			}
			closeFile()
			file, of = opened, p.segment
		}
		data, err := readPlace(file, number, p)
		if err != nil {
			return err
		}
		if err := tell(number, data); err != nil {
			return err
		}
	}
	return nil
}
