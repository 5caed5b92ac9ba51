package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/switchhook/switchhook/internal/datadir"
)

// Contained is what the files of a journal hold, of which no process writes.
type Contained struct {
	Files    int
	Pages    int      // that are kept
	Events   int      // that wait, or are over and not forgotten yet
	Promises int      // likewise
	Damage   []Damage // nil: a server starts with the files
	Lost     int      // pages of which nothing is left: that many, or more
}

// Examine reads the files of a journal and changes nothing. A file of a newer version is an error.
func Examine(dir string) (Contained, error) {
	v, err := salvageAll(dir)
	if err != nil {
		return Contained{}, err
	}
	found, _, err := v.contained()
	return found, err
}

// contained counts what was read, and lists the kept pages in their order. A page whose frame is intact and
// whose records are not is damage too.
func (v *salvage) contained() (found Contained, pages []uint64, err error) {
	ordinals, err := listSegments(v.store.files)
	if err != nil {
		return found, nil, err
	}
	events, promises := map[uint64]bool{}, map[uint64]bool{}
	for number := range v.store.places {
		pages = append(pages, number)
	}
	slices.Sort(pages)
	intact := pages[:0]
	for _, number := range pages {
		p := v.store.places[number]
		data, err := v.store.read(number, p)
		if err != nil {
			return found, nil, err
		}
		if len(data) > 0 && data[0] > pageVersion {
			return found, nil, fmt.Errorf("page %d is of version %d, which is newer than this program", number, data[0])
		}
		err = readPage(data, func(l line) error {
			switch l.kind {
			case KindMessage:
				events[l.seq] = true
			case KindHold:
				promises[l.seq] = true
			}
			return nil
		})
		if err != nil {
			v.lose(p.segment, int(p.at), int(p.at)+frameHead+p.size)
			delete(v.seen, number) // nothing of it is left
			continue
		}
		intact = append(intact, number)
	}
	found = Contained{Files: len(ordinals), Pages: len(intact), Events: len(events), Promises: len(promises), Damage: v.damage}
	if len(v.damage) > 0 {
		found.Lost = v.missing()
	}
	return found, intact, nil
}

// Repair leaves out of a journal what cannot be read: what can be is written to new files, and the
// damaged ones are moved to a directory, which is made. A crash in between leaves files that a
// server refuses, or starts with; Repair may be run again. Without damage nothing is changed.
func Repair(dir, aside string) (Contained, error) {
	v, err := salvageAll(dir)
	if err != nil {
		return Contained{}, err
	}
	found, pages, err := v.contained()
	if err != nil || len(found.Damage) == 0 {
		return found, err
	}
	before, err := listSegments(v.store.files)
	if err != nil {
		return found, err
	}
	if err := v.writeAnew(before[len(before)-1]+1, pages); err != nil {
		return found, err
	}
	return found, putAside(dir, aside, before)
}

// writeAnew writes the pages under their numbers, as if they had been moved, to segments from an ordinal on.
// They are on the disk when it returns; after an error none is left.
func (v *salvage) writeAnew(ordinal uint64, pages []uint64) error {
	s, sequence, before := v.store, v.store.sequence, int64(0)
	for first := ordinal; ; ordinal++ {
		text := appendFrame(nil, startOf(sequence+1, max(s.next, 1), before))
		sequence++
		for len(pages) > 0 && len(text) < segmentSize {
			data, err := s.read(pages[0], s.places[pages[0]])
			if err != nil {
				return errors.Join(err, s.removeFrom(first, ordinal))
			}
			sequence++
			text = appendFrame(text, frame{kind: framePage, sequence: sequence, page: pages[0], content: data})
			pages = pages[1:]
		}
		if err := datadir.WriteFile((&segment{ordinal: ordinal}).path(s.dir), text, 0o600); err != nil {
			return errors.Join(err, s.removeFrom(first, ordinal))
		}
		if before = int64(len(text)); len(pages) == 0 {
			return nil
		}
	}
}

// removeFrom removes the segments of some ordinals, the last one not included.
func (s *DiskStore) removeFrom(first, last uint64) (err error) {
	for ordinal := first; ordinal < last; ordinal++ {
		err = errors.Join(err, s.files.remove((&segment{ordinal: ordinal}).name()))
	}
	return err
}

// putAside moves segments to a directory, the oldest first.
func putAside(dir, aside string, ordinals []uint64) error {
	if err := os.MkdirAll(aside, 0o700); err != nil {
		return err
	}
	for _, ordinal := range ordinals {
		name := (&segment{ordinal: ordinal}).name()
		if err := os.Rename(filepath.Join(dir, name), filepath.Join(aside, name)); err != nil {
			return err
		}
	}
	return errors.Join(datadir.SyncDir(filepath.Dir(aside)), datadir.SyncDir(aside), datadir.SyncDir(dir))
}
