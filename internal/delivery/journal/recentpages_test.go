package journal

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// countedReads is a store that counts them.
type countedReads struct {
	*MemoryStore
	reads int
}

func (c *countedReads) Read(ctx context.Context, number uint64) ([]byte, error) {
	c.reads++
	return c.MemoryStore.Read(ctx, number)
}

// TestPageIsReadOnceForAllOfItsEvents, and not kept for long.
func TestPageIsReadOnceForAllOfItsEvents(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	store := &countedReads{MemoryStore: InMemory()}
	for id := range uint64(20) {
		page := appendLine(pageOf(), line{kind: KindMessage, seq: id, posted: time.UnixMilli(1), content: fmt.Append(nil, id), format: FormatFields})
		if _, err := store.Append(t.Context(), id+1, page); err != nil {
			t.Fatal(err)
		}
	}
	j := New(store, Owner{}, quiet())
	read := func(number uint64) {
		t.Helper()
		contents, err := j.Contents(t.Context(), number)
		if got := string(contents[number-1].Encoded); err != nil || got != fmt.Sprint(number-1) {
			t.Errorf("page %d has %q, %v", number, got, err)
		}
	}
	for range 100 {
		for number := range uint64(8) {
			read(number + 1)
		}
	}
	if store.reads != 8 {
		t.Errorf("8 pages are read %d times", store.reads)
	}
	for number := range uint64(20) {
		read(number + 1)
	}
	before := store.reads
	runtime.GC()
	if read(20); store.reads != before+1 {
		t.Error("a page is kept for ever")
	}
	store.Done(20)
	runtime.GC()
	if _, err := j.Contents(t.Context(), 20); err != ErrNotKept {
		t.Errorf("a page that is forgotten: %v", err)
	}
}
