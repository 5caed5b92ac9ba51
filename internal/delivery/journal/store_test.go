package journal

import (
	"fmt"
	"log/slog"
	"testing"
)

// recovered opens a store and returns what it keeps.
func recovered(t testing.TB, s Store) (kept map[uint64]string) {
	t.Helper()
	kept = map[uint64]string{}
	last := uint64(0)
	err := s.Recover(t.Context(), func(number uint64, data []byte) error {
		if number <= last {
			t.Errorf("page %d came after %d", number, last)
		}
		last = number
		kept[number] = string(data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func TestStoreForgetsWhatIsDone(t *testing.T) {
	dir := t.TempDir()
	s := OnDisk(dir, nil, quiet())
	recovered(t, s)
	const pages = 500
	for i := range uint64(pages) {
		number, err := s.Append(t.Context(), i+1, fmt.Append(nil, i))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := s.Append(t.Context(), i+1, fmt.Append(nil, i)); err != nil || again != number {
			t.Fatalf("repeated, page %d became %d, %v", number, again, err)
		}
		if i%2 == 0 {
			s.Done(number)
		}
	}
	if data, err := s.Read(t.Context(), 2); err != nil || string(data) != "1" {
		t.Errorf("read %q, %v", data, err)
	}
	if _, err := s.Read(t.Context(), 5000); err != ErrNotKept {
		t.Errorf("read what is not there: %v", err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}

	s = OnDisk(dir, nil, quiet())
	kept := recovered(t, s)
	if len(kept) != pages/2 || kept[2] != "1" || kept[pages] != fmt.Sprint(pages-1) {
		t.Errorf("%d pages are kept", len(kept))
	}
	for number := range kept {
		s.Done(number)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}

	s = OnDisk(dir, nil, quiet())
	if kept := recovered(t, s); len(kept) != 0 {
		t.Errorf("%d pages are still kept", len(kept))
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
