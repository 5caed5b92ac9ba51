package insight

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"
)

// archive keeps calls that are over in a folder. A pair of files holds many calls:
// NUMBER.calls the timelines, each in one piece (see packer), and NUMBER.index a line for
// each call with its summary and where its timeline lies. The timeline is written first, so
// that a crash leaves no line that leads nowhere. Pairs are removed as a whole, the
// oldest first.
type archive struct {
	dir    string
	oldest func(now time.Time) time.Time // when what may be kept began
	keep   time.Duration
	disk   int64
	log    *slog.Logger

	mu     sync.Mutex // held around the files
	number int        // of the pair that is written to
	calls  *os.File
	index  *os.File
	size   int64     // of calls
	filled bool      // a line of the index leads to one of them
	begun  time.Time // when the pair was
}

// archivePlace is where the timeline of a call lies.
type archivePlace struct {
	number  int
	offset  int64
	length  int64
	version int // of the line that names it
}

// openArchive opens the folder; the next call that is put begins a pair.
func openArchive(cfg Config) (*archive, error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of what is kept of calls: %w", err)
	}
	a := &archive{dir: cfg.Dir, oldest: cfg.oldest, keep: cfg.Keep, disk: cfg.Disk, log: cfg.Log}
	numbers, err := a.numbers()
	if err != nil {
		return nil, err
	}
	a.number = 1
	if len(numbers) > 0 { // a pair of its own for each process: a torn end stays where it is
		a.number = numbers[len(numbers)-1] + 1
	}
	return a, nil
}

// put writes a call, whose timeline is a piece.
func (a *archive) put(s Summary, piece []byte) (*archivePlace, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.open(); err != nil {
		return nil, err
	}
	place := &archivePlace{a.number, a.size, int64(len(piece)), indexVersion}
	line, err := json.Marshal(indexLine{indexVersion, place.offset, place.length, s})
	if err != nil {
		return nil, err
	}
	if _, err := a.calls.Write(piece); err != nil {
		a.next() // what was written is no whole timeline
		return nil, err
	}
	a.size += place.length
	if _, err := a.index.Write(append(line, '\n')); err != nil {
		a.next()
		return nil, err
	}
	a.filled = true
	return place, nil
}

// open opens the pair that is written to, the next one if it is full.
func (a *archive) open() (err error) {
	now := time.Now()
	if a.calls != nil && a.size < a.disk/pairs && !a.isAged(now) {
		return nil
	}
	if a.calls != nil {
		a.next()
		a.removeOver(now)
	}
	const flags = os.O_CREATE | os.O_EXCL | os.O_WRONLY | os.O_APPEND
	if a.calls, err = os.OpenFile(a.path(a.number, "calls"), flags, 0o600); err != nil {
		return err
	}
	if a.index, err = os.OpenFile(a.path(a.number, "index"), flags, 0o600); err != nil {
		a.next()
	}
	a.begun = now
	return err
}

// isAged reports whether the pair that is written to has been for so long that another one takes
// what follows: the calls in it are removed together, when the last one is too old.
func (a *archive) isAged(now time.Time) bool {
	return a.calls != nil && now.Sub(a.begun) >= a.keep/pairs
}

// next begins another pair with the next call. One in which nothing is found is removed: while
// the disk is full, each call would leave one.
func (a *archive) next() {
	if a.calls == nil && a.index == nil {
		return
	}
	for _, file := range []*os.File{a.calls, a.index} {
		if file != nil {
			file.Close()
		}
	}
	if a.filled || a.remove(a.number) != nil {
		a.number++
	}
	a.calls, a.index, a.size, a.filled = nil, nil, 0, false
}

// read returns the timeline of a call.
func (a *archive) read(at archivePlace) (items []Item, err error) {
	file, err := os.Open(a.path(at.number, "calls"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil // removed meanwhile
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if at.offset < 0 || at.length < 0 || at.length > info.Size()-at.offset {
		return nil, fmt.Errorf("the timeline of the call is damaged: %s has %d bytes, it is at %d with %d", file.Name(), info.Size(), at.offset, at.length)
	}
	text := make([]byte, at.length)
	if _, err := file.ReadAt(text, at.offset); err != nil && err != io.EOF {
		return nil, err
	}
	if at.version == 1 {
		return items, json.Unmarshal(text, &items)
	}
	entries, err := unpack(nil, text)
	return itemsOf(entries), err
}

// close ends the pair that is written to.
func (a *archive) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.next()
}
