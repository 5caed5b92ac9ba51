package journal

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchhook/switchhook/internal/backbone"
)

// formerJournalOf is a backbone with the stream of an earlier version, which has these pages.
func formerJournalOf(t *testing.T, pages ...[]byte) *backbone.Backbone {
	t.Helper()
	b, err := backbone.Open(t.Context(), backbone.Config{Dir: t.TempDir()}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	stream := jetstream.StreamConfig{Name: formerJournal, Subjects: []string{"j.*"}, Retention: jetstream.WorkQueuePolicy, Storage: jetstream.FileStorage}
	if _, err := b.JetStream().CreateStream(t.Context(), stream); err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		if _, err := b.JetStream().Publish(t.Context(), "j.0", page); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// TestLargeFormerJournalIsReadWhole is about a reader that is slower than the server
// sends: the client drops what more than 64 MB wait for.
func TestLargeFormerJournalIsReadWhole(t *testing.T) {
	pages := 100
	if testing.Short() {
		pages = 40
	}
	b := formerJournalOf(t, slices.Repeat([][]byte{make([]byte, 1<<20)}, pages)...)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	told := 0
	err := FormerStream(b).Pages(ctx, func(data []byte) error {
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

// TestPageOfTheFormerJournalIsReadOnce: what came again, because the disk that it is written to is slow, would be
// counted for another page, which would be lost.
func TestPageOfTheFormerJournalIsReadOnce(t *testing.T) {
	b := formerJournalOf(t, []byte("one"), []byte("two"))
	stream, err := b.JetStream().Stream(t.Context(), formerJournal)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := newFormerReader(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"one", "two"} {
		page, err := reader.Next()
		if err != nil {
			t.Fatal(err)
		}
		if got := string(page.Data()); got != want {
			t.Errorf("got %s, not %s", got, want)
		}
		if err := errors.Join(page.Nak(), b.JetStream().Conn().Flush()); err != nil { // as if its time were over
			t.Fatal(err)
		}
	}
	if page, err := reader.Next(jetstream.FetchMaxWait(100 * time.Millisecond)); err == nil {
		t.Errorf("%s came again", page.Data())
	}
}
