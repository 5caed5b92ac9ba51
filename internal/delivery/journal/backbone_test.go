package journal

import (
	"context"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/backbone"
)

func openBackbone(t testing.TB, dir string) *backbone.Backbone {
	t.Helper()
	b, err := backbone.Open(t.Context(), backbone.Config{Dir: dir}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// TestLargeJournalIsReadWhole is about a reader that is slower than the server
// sends: the client drops what more than 64 MB wait for.
func TestLargeJournalIsReadWhole(t *testing.T) {
	b := openBackbone(t, t.TempDir())
	j := OnBackbone(b)
	recovered(t, j)
	pages := 100
	if testing.Short() {
		pages = 40
	}
	page := make([]byte, 1<<20)
	for i := range uint64(pages) {
		if _, err := j.Append(t.Context(), i, page); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
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
