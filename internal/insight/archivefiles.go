package insight

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pairs is about how many pairs of files the disk's budget is divided into, and the time for which
// calls are kept.
const pairs = 16

// path is the name of a file of a pair: its calls, or their index.
func (a *archive) path(number int, kind string) string {
	return filepath.Join(a.dir, fmt.Sprintf("%08d.%s", number, kind))
}

// numbers lists the pairs, the oldest first, those too that have one file alone: a crash
// came between the two.
func (a *archive) numbers() (list []int, err error) {
	entries, err := os.ReadDir(a.dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		name, kind, _ := strings.Cut(entry.Name(), ".")
		if number, err := strconv.Atoi(name); err == nil && number > 0 && (kind == "index" || kind == "calls") && entry.Type().IsRegular() {
			list = append(list, number)
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// prune removes pairs that are too old, and the oldest while there are too many bytes.
func (a *archive) prune(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.isAged(now) {
		a.next()
	}
	a.removeOver(now)
}

// removeOver is prune under the lock.
func (a *archive) removeOver(now time.Time) {
	numbers, err := a.numbers()
	if err != nil {
		a.log.Warn("old calls were not removed", "error", err)
		return
	}
	oldest, total := a.oldest(now), int64(0)
	for _, number := range slices.Backward(numbers) {
		size, changed := int64(0), time.Time{}
		for _, kind := range []string{"calls", "index"} {
			if info, err := os.Stat(a.path(number, kind)); err == nil {
				size += info.Size()
				changed = info.ModTime()
			}
		}
		total += size
		if (number != a.number || a.calls == nil) && (total > a.disk || changed.Before(oldest)) {
			_ = a.remove(number) // what stays is tried again
		}
	}
}

// remove removes a pair, or the half that is there.
func (a *archive) remove(number int) (err error) {
	for _, kind := range []string{"index", "calls"} {
		if problem := os.Remove(a.path(number, kind)); !errors.Is(problem, os.ErrNotExist) {
			err = errors.Join(err, problem)
		}
	}
	return err
}
