package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// Damage is a part of the files of a journal that cannot be read, although it was on the disk.
type Damage struct {
	File  string
	At    int64 // its first byte
	Bytes int64 // 0: the file is missing
}

// String says it to people.
func (d Damage) String() string {
	if d.Bytes == 0 {
		return d.File + " is missing"
	}
	return fmt.Sprintf("%s: %d bytes from byte %d on", d.File, d.Bytes, d.At)
}

// salvage reads segments as recovery does, and goes on behind damage with the next frame that
// is intact.
type salvage struct {
	scanner
	damage []Damage
	seen   map[uint64]bool // pages that a frame has, kept or done
	first  uint64          // page with which the first file begins whose beginning is intact; 0: none's is
}

// salvageAll reads the segments of a directory, the oldest first.
func salvageAll(dir string) (*salvage, error) {
	s := OnDisk(dir, nil, nil)
	v := &salvage{scanner: scanner{store: s}, seen: map[uint64]bool{}}
	ordinals, err := listSegments(s.files)
	if err != nil {
		return nil, err
	}
	for i, ordinal := range ordinals {
		active := i == len(ordinals)-1
		if i == len(ordinals)-2 {
			// The last file was made ahead, if nothing of it was relied on: this one is the active one.
			ahead, unreadable, err := readWhatCanBe((&segment{ordinal: ordinals[i+1]}).path(dir))
			if err != nil {
				return nil, err
			}
			_, _, begun := readFrame(ahead, 0)
			active = !begun && !unreadable && syncedBehind(ahead, 0) == 0
		}
		if err := v.read(ordinal, active); err != nil {
			return nil, err
		}
	}
	for _, number := range v.done {
		v.seen[number] = true
		delete(s.places, number)
	}
	return v, nil
}

// read reads one segment. Of the active one a crash may have cut off the end.
func (v *salvage) read(ordinal uint64, active bool) error {
	seg := &segment{ordinal: ordinal}
	content, unreadable, err := readWhatCanBe(seg.path(v.store.dir))
	if err != nil {
		return err
	}
	if v.last != nil && v.last.ordinal+1 != ordinal {
		v.damage = append(v.damage, Damage{File: (&segment{ordinal: v.last.ordinal + 1}).path(v.store.dir)})
		v.last = nil
	}
	for at := 0; at < len(content); {
		f, size, intact := readFrame(content[at:], v.store.sequence)
		if !intact {
			if active && !unreadable && syncedBehind(content[at:], v.store.sequence) <= int64(at) {
				break // nobody relied on it
			}
			next := nextFrame(content, at+1, v.store.sequence)
			if next < 0 && !unreadable {
				next = max(at, len(bytes.TrimRight(content, "\x00"))) // behind it is room
			}
			if next < 0 {
				next = len(content)
			}
			v.lose(seg, at, next)
			if next == at {
				break
			}
			at = next
			continue
		}
		seg.size = int64(at)
		if err := v.frame(seg, f); err != nil {
			return fmt.Errorf("%s: %w", seg.path(v.store.dir), err)
		}
		at += size
		seg.size = int64(at)
	}
	v.last = seg
	return nil
}

// frame takes one over. What follows a start that names more of the file before than was read
// is damage of that file.
func (v *salvage) frame(seg *segment, f frame) error {
	switch f.kind {
	case frameStart:
		before, err := readStart(f)
		if err != nil {
			return err
		}
		if v.last != nil && before > v.last.size && !v.isLost(v.last, v.last.size) {
			v.lose(v.last, int(v.last.size), int(before))
		}
		if v.first == 0 {
			v.first = f.page
		}
		v.store.sequence, v.store.next = f.sequence, max(v.store.next, f.page)
		return nil
	case framePage:
		v.seen[f.page] = true
	}
	return v.scanner.frame(seg, f)
}

func (v *salvage) lose(seg *segment, from, to int) {
	if to > from {
		v.damage = append(v.damage, Damage{File: seg.path(v.store.dir), At: int64(from), Bytes: int64(to - from)})
	}
}

// isLost reports whether the damage at a place is noted.
func (v *salvage) isLost(seg *segment, at int64) bool {
	for _, d := range v.damage {
		if d.File == seg.path(v.store.dir) && d.At == at {
			return true
		}
	}
	return false
}

// missing counts the pages that were written to these files and of which nothing is left, not
// even that they are done. Older ones that had been moved there are not known.
func (v *salvage) missing() (pages int) {
	for number := v.first; v.first > 0 && number < v.store.next; number++ {
		if !v.seen[number] {
			pages++
		}
	}
	return pages
}

// nextFrame finds the next intact frame from a place on; -1: there is none.
func nextFrame(content []byte, from int, after uint64) int {
	for at := from; at < len(content); at++ {
		if _, _, intact := readFrame(content[at:], after); intact {
			return at
		}
	}
	return -1
}

// readableBlock is how much is given up where a disk does not give back what it had, in bytes.
const readableBlock = 4096

// readWhatCanBe reads a file. Blocks that the disk does not give back are zeros.
func readWhatCanBe(path string) (content []byte, unreadable bool, err error) {
	content, err = os.ReadFile(path)
	if !errors.Is(err, syscall.EIO) {
		return content, false, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, true, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, true, err
	}
	content = make([]byte, info.Size())
	for at := 0; at < len(content); at += readableBlock {
		block := content[at:min(at+readableBlock, len(content))]
		if _, err := file.ReadAt(block, int64(at)); err != nil && !errors.Is(err, syscall.EIO) && !errors.Is(err, io.EOF) {
			return nil, true, err
		}
	}
	return content, true, nil
}
