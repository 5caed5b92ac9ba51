package journal

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/backbone"
)

func openBackbone(t testing.TB, dir string) *backbone.Backbone {
	t.Helper()
	b, err := backbone.Open(t.Context(), backbone.Config{Dir: dir}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// recovered opens the journal anew and returns what it keeps.
func recovered(t *testing.T, b *backbone.Backbone) (j Store, kept map[uint64]string) {
	t.Helper()
	j, kept = OnBackbone(b), map[uint64]string{}
	last := uint64(0)
	err := j.Recover(t.Context(), func(number uint64, data []byte) error {
		if number <= last {
			t.Errorf("message %d came after %d", number, last)
		}
		last = number
		kept[number] = string(data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return j, kept
}

func TestJournalOnBackboneForgetsWhatIsDone(t *testing.T) {
	dir := t.TempDir()
	b := openBackbone(t, dir)
	j, _ := recovered(t, b)
	for i := range uint64(1200) { // more than one batch of the recovery
		number, err := j.Append(t.Context(), i, fmt.Append(nil, i))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := j.Append(t.Context(), i, fmt.Append(nil, i)); err != nil || again != number {
			t.Fatalf("repeated, message %d became %d, %v", number, again, err)
		}
		if i%2 == 0 {
			j.Done(number)
		}
	}
	if data, err := j.Read(t.Context(), 2); err != nil || string(data) != "1" {
		t.Errorf("read %q, %v", data, err)
	}
	if _, err := j.Read(t.Context(), 5000); err != ErrNotKept {
		t.Errorf("read what is not there: %v", err)
	}
	if err := j.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.Close()

	b = openBackbone(t, dir)
	j, kept := recovered(t, b)
	if len(kept) != 600 || kept[2] != "1" || kept[1200] != "1199" {
		t.Errorf("%d messages are kept", len(kept))
	}
	for number := range kept {
		j.Done(number)
	}
	if err := j.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, kept := recovered(t, b); len(kept) != 0 {
		t.Errorf("%d messages are still kept", len(kept))
	}
}

// TestLargeJournalIsReadWhole is about a reader that is slower than the server
// sends: the client drops what more than 64 MB wait for.
func TestLargeJournalIsReadWhole(t *testing.T) {
	b := openBackbone(t, t.TempDir())
	j, _ := recovered(t, b)
	const pages = 100
	page := make([]byte, 1<<20)
	for i := range uint64(pages) {
		if _, err := j.Append(t.Context(), i, page); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	told := 0
	err := OnBackbone(b).Recover(ctx, func(_ uint64, data []byte) error {
		for range 10 {
			_ = sha256.Sum256(data)
		}
		told++
		return nil
	})
	if err != nil || told != pages {
		t.Errorf("%d of %d pages, %v", told, pages, err)
	}
}
