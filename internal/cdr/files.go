package cdr

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/datadir"
)

// files are the files of a folder: DAY.NUMBER.jsonl, so that their names sort by
// age. Only the writer's goroutine changes them.
type files struct {
	dir  string
	file *os.File // the newest; nil until something is written
	name string
	size int64

	unsynced bool // something was written since the last sync
}

// fileName is what files of ours are called. Others in the folder are left alone.
var fileName = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}\.\d{4,}\.jsonl$`)

// list returns the names of the files, the oldest first.
func (f *files) list() ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if entry.Type().IsRegular() && fileName.MatchString(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(a[:len(time.DateOnly)], b[:len(time.DateOnly)]), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	return names, nil
}

// append writes whole lines to the file of the day, or to the next one when that
// is full.
func (f *files) append(lines []byte, now time.Time, full int64) error {
	if err := f.selectFile(now, full); err != nil {
		return err
	}
	n, err := f.file.Write(lines)
	if err != nil {
		if n > 0 { // half a line would spoil the next one
			_ = f.file.Truncate(f.size)
		}
		f.close() // it is looked at again before the next line
		return err
	}
	f.size += int64(n)
	f.unsynced = true
	return nil
}

// sync returns when what was written is on the disk.
func (f *files) sync() error {
	if f.file == nil || !f.unsynced {
		return nil
	}
	f.unsynced = false // what could not be synced may be lost, and is not written again
	return datadir.SyncData(f.file)
}

// selectFile opens the file that is to be written to.
func (f *files) selectFile(now time.Time, full int64) error {
	day := now.UTC().Format(time.DateOnly)
	if f.file != nil && f.name[:len(day)] >= day && f.size < full {
		return nil
	}
	names, err := f.list()
	if err != nil {
		return err
	}
	number := 1
	if len(names) > 0 {
		newest := names[len(names)-1]
		info, err := os.Stat(filepath.Join(f.dir, newest))
		if err == nil && newest[:len(day)] >= day && info.Size() < full {
			return f.open(newest)
		}
		if newest[:len(day)] >= day { // a clock that was set back does not make names that sort wrongly
			day = newest[:len(day)]
			fmt.Sscanf(newest[len(day)+1:], "%d", &number)
			number++
		}
	}
	return f.open(fmt.Sprintf("%s.%04d.jsonl", day, number))
}

func (f *files) open(name string) error {
	file, err := os.OpenFile(filepath.Join(f.dir, name), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	size, err := wholeLines(file)
	if err != nil {
		file.Close()
		return err
	}
	err = f.sync()
	f.close()
	f.file, f.name, f.size = file, name, size
	return errors.Join(err, datadir.SyncDir(f.dir))
}

// wholeLines cuts off half a line that a crash has left, and returns the size. What is longer
// than any line stays, as a line of its own that is no record.
func wholeLines(file *os.File) (int64, error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	size := info.Size()
	end := make([]byte, min(size, maxLine))
	if _, err := file.ReadAt(end, size-int64(len(end))); err != nil {
		return 0, err
	}
	half := int64(len(end) - 1 - bytes.LastIndexByte(end, '\n'))
	switch {
	case half == 0:
		return size, nil
	case half == maxLine:
		_, err = file.WriteString("\n")
		return size + 1, err
	}
	return size - half, file.Truncate(size - half)
}

func (f *files) close() {
	if f.file != nil {
		f.file.Close()
		f.file = nil
	}
}

// prune removes files that are older than keep, and the oldest while all
// together are larger than most bytes. The newest one stays unless it is too old.
func (f *files) prune(now time.Time, keep time.Duration, most int64) error {
	names, err := f.list()
	if err != nil {
		return err
	}
	sizes, total := make([]int64, len(names)), int64(0)
	for i, name := range names {
		if info, err := os.Stat(filepath.Join(f.dir, name)); err == nil {
			sizes[i] = info.Size()
			total += sizes[i]
		}
	}
	oldest := now.UTC().Add(-keep).Format(time.DateOnly)
	for i, name := range names {
		if isOld := name[:len(oldest)] < oldest; !isOld && (total <= most || i == len(names)-1) {
			return nil
		}
		if name == f.name {
			f.close()
		}
		if err := os.Remove(filepath.Join(f.dir, name)); err != nil && !os.IsNotExist(err) {
			return err
		}
		total -= sizes[i]
	}
	return nil
}
