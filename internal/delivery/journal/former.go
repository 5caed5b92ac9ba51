package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/switchhook/switchhook/internal/datadir"
)

// Former is where an earlier version of this program kept the journal.
type Former interface {
	// Exists reports whether it is there.
	Exists(ctx context.Context) (bool, error)
	// Pages tells the kept pages, the oldest first.
	Pages(ctx context.Context, tell func(data []byte) error) error
	// Remove removes it.
	Remove(ctx context.Context) error
}

// takingOver is the file that exists while pages are taken over. It has the number
// of the first of them: a start that finds it, and the former journal, forgets what
// its predecessor took over and begins anew. Without the former journal all is here.
const takingOver = "taking-over"

// takeOver moves the pages of the former journal to this one.
func (s *DiskStore) takeOver(ctx context.Context) error {
	if s.from == nil {
		return nil
	}
	there, err := s.from.Exists(ctx)
	if err != nil {
		return err
	}
	marker := filepath.Join(s.dir, takingOver)
	if there {
		if err := s.beginTakeOver(marker); err != nil {
			return err
		}
		if err := errors.Join(s.copyFormer(ctx), s.Sync()); err != nil {
			return err
		}
		if err := s.from.Remove(ctx); err != nil {
			return err
		}
	}
	if err := os.Remove(marker); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// beginTakeOver forgets what an interrupted take-over left, or marks a new one.
func (s *DiskStore) beginTakeOver(marker string) error {
	text, err := os.ReadFile(marker)
	if errors.Is(err, os.ErrNotExist) {
		return s.mark(marker)
	}
	if err != nil {
		return err
	}
	first, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return fmt.Errorf("%s: %w", marker, err)
	}
	for number := first; number < s.next; number++ {
		s.Done(number)
	}
	return nil
}

func (s *DiskStore) mark(marker string) error {
	file, err := os.OpenFile(marker+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(strconv.FormatUint(s.next, 10))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return errors.Join(os.Rename(marker+".new", marker), datadir.SyncDir(s.dir))
}

// copyFormer appends the former journal's pages. Their records come after those that
// are here: an earlier version that ran in between began its sequence anew.
func (s *DiskStore) copyFormer(ctx context.Context) error {
	shift := uint64(0)
	if err := s.tellAll(func(_ uint64, data []byte) error {
		return readPage(data, func(l line) error { shift = max(shift, l.seq); return nil })
	}); err != nil {
		return err
	}
	pages := 0
	err := s.from.Pages(ctx, func(data []byte) error {
		page := append(make([]byte, 0, len(data)+appendOverhead), pageVersion)
		err := readPage(data, func(l line) error {
			l.seq += shift
			page = appendLine(page, l)
			return nil
		})
		if err != nil {
			return err
		}
		pages++
		_, err = s.Append(ctx, 0, page)
		return err
	})
	if err != nil {
		return err
	}
	s.log.Info("the journal of an earlier version was taken over", "pages", pages)
	return nil
}
