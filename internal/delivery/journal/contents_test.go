package journal

import (
	"bytes"
	"fmt"
	"testing"
	"time"
)

// TestContentsAreOverwrittenOnlyOnceTheyAreOnDisk: the memory of a content is used
// again, but a page, and a record that is written again, keep their own.
func TestContentsAreOverwrittenOnlyOnceTheyAreOnDisk(t *testing.T) {
	store := InMemory()
	j := New(store, Owner{Do: func(do func()) { do() }, At: func(time.Time, func()) {}, Accepted: func(*Record) {}}, quiet())
	written := make(chan struct{})
	go func() {
		defer close(written)
		j.Write(t.Context())
	}()
	for i := range 200 {
		j.Put(HoldEntry(Hold{Key: fmt.Sprint("key ", i), Body: bytes.Repeat([]byte{byte(i)}, 100)}))
		if i%7 == 0 {
			if err := j.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	j.Seal()
	<-written
	seen := map[string]bool{}
	if err := store.Recover(t.Context(), func(_ uint64, page []byte) error {
		return readPage(page, func(l line) error {
			h, err := decodeHold(l.content)
			if err != nil {
				return err
			}
			var i int
			if _, err := fmt.Sscanf(h.Key, "key %d", &i); err != nil || !bytes.Equal(h.Body, bytes.Repeat([]byte{byte(i)}, 100)) {
				t.Errorf("%q has %d bytes of %d", h.Key, len(h.Body), h.Body[0])
			}
			seen[h.Key] = true
			return nil
		})
	}); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 200 {
		t.Errorf("%d are on disk", len(seen))
	}
}
