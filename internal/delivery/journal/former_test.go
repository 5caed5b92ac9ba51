package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// pageOf is a page of holds with these sequences.
func pageOf(sequences ...uint64) []byte {
	page := []byte{pageVersion}
	for _, n := range sequences {
		page = appendLine(page, line{kind: KindHold, seq: n, posted: time.UnixMilli(1), content: encodeHold(Hold{"k", nil}), format: FormatFields})
	}
	return page
}

// sequences are those of the records that a store keeps.
func sequences(t *testing.T, s Store) (all []uint64) {
	t.Helper()
	for _, page := range recovered(t, s) {
		if err := readPage([]byte(page), func(l line) error { all = append(all, l.seq); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(all)
	return all
}

// TestJournalOfAnEarlierVersionIsTakenOver, with its records of both formats behind
// those that are here already; and only once.
func TestJournalOfAnEarlierVersionIsTakenOver(t *testing.T) {
	b, dir := formerJournalOf(t, pageOf(1, 2), []byte{pageVersion1, 3, 3, 0, 0, 0, 0, 3, 1, 1, 'k'}), t.TempDir()
	here, _ := openDisk(t, dir)
	mustAppend(t, here, 1, string(pageOf(1, 2)))
	if err := here.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s := OnDisk(dir, FormerStream(b), quiet())
		if got := sequences(t, s); !slices.Equal(got, []uint64{1, 2, 3, 4, 5}) {
			t.Errorf("records %v", got)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if there, err := FormerStream(b).Exists(t.Context()); there || err != nil {
		t.Errorf("the stream is still there, %v", err)
	}
}

// memoryFormer is a former journal that fails while it is read, or removed.
type memoryFormer struct {
	pages   [][]byte
	failure string
}

func (f *memoryFormer) Exists(context.Context) (bool, error) { return f.pages != nil, nil }

func (f *memoryFormer) Pages(_ context.Context, tell func([]byte) error) error {
	for i, page := range f.pages {
		if i == 2 && f.failure == "read" {
			return errors.New("the stream does not answer")
		}
		if err := tell(page); err != nil {
			return err
		}
	}
	return nil
}

func (f *memoryFormer) Remove(context.Context) error {
	if f.failure == "remove" {
		return errors.New("the stream cannot be removed")
	}
	f.pages = nil
	return nil
}

// TestInterruptedTakeOverIsBegunAnew: nothing comes twice.
func TestInterruptedTakeOverIsBegunAnew(t *testing.T) {
	dir := t.TempDir()
	pages := [][]byte{pageOf(1), pageOf(2), pageOf(3)}
	for _, failure := range []string{"read", "remove", ""} {
		s := OnDisk(dir, &memoryFormer{pages: pages, failure: failure}, quiet())
		err := s.Recover(t.Context(), func(uint64, []byte) error { return nil })
		if (err != nil) != (failure != "") {
			t.Fatalf("%q: %v", failure, err)
		}
		dir = copyDir(t, dir)
	}
	if _, err := os.Stat(filepath.Join(dir, takingOver)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the mark is left: %v", err)
	}
	s := OnDisk(dir, &memoryFormer{}, quiet())
	if got := sequences(t, s); !slices.Equal(got, []uint64{1, 2, 3}) {
		t.Errorf("records %v", got)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
