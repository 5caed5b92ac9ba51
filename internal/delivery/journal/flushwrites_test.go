package journal

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestWhoFlushesWrites: it needs no writer, and gets what was queued before in its order.
func TestWhoFlushesWrites(t *testing.T) {
	store := InMemory()
	var order []uint64
	j := New(store, Owner{Do: func(do func()) { do() }, At: func(time.Time, func()) {}, Accepted: func(r *Record) { order = append(order, r.Seq) }}, quiet())
	for n := range maxPageRecords / 2 {
		r := &Record{}
		r.NewMessage(note(n), time.Now(), nil)
		j.Put(EntryOf(r), HoldEntry(Hold{Key: fmt.Sprint("key ", n)}))
	}
	if err := j.Flush(t.Context()); err != nil || j.Unwritten() != 0 || store.Appended() != 1 {
		t.Errorf("%v; %d entries are not written, %d pages are", err, j.Unwritten(), store.Appended())
	}
	if len(order) != maxPageRecords/2 || !slices.IsSorted(order) {
		t.Errorf("accepted in the order %v", order)
	}
	j.queue.end() // no writer does it
}

// TestHoldsAreWrittenWithoutAFlush too, soon.
func TestHoldsAreWrittenWithoutAFlush(t *testing.T) {
	onSlowDisk(t, func(t *testing.T, j *Journal, d *slowDisk, post func(int), _ func() []time.Duration) {
		hold := func() { j.Put(HoldEntry(Hold{Key: "key"})); synctest.Wait() }
		written := func(after time.Duration, want uint64) {
			t.Helper()
			if got := d.Appended(); got != want || time.Since(d.start) != after {
				t.Errorf("after %v %d pages were written, want %d after %v", time.Since(d.start), got, want, after)
			}
		}
		synctest.Wait() // the writer has nothing to do
		hold()
		written(0, 0)
		time.Sleep(11 * ms)
		written(11*ms, 1)
		hold()
		post(1) // which takes the hold with it
		synctest.Wait()
		written(11*ms, 2)
		d.set(time.Second, nil)
		time.Sleep(20 * ms)
		hold() // while a sync runs
		time.Sleep(2 * time.Second)
		written(2031*ms, 3)
		if got, want := d.syncs(), []time.Duration{20 * ms, 1040 * ms}; !slices.Equal(got, want) {
			t.Errorf("synced at %v, want %v", got, want)
		}
	})
}

// TestWriteThatFailsUnderAFlushIsRepeated by the writer, with the same page.
func TestWriteThatFailsUnderAFlushIsRepeated(t *testing.T) {
	onSlowDisk(t, func(t *testing.T, j *Journal, d *slowDisk, post func(int), accepted func() []time.Duration) {
		full := errors.New("no space left on device")
		d.set(0, full)
		j.Put(HoldEntry(Hold{Key: "key"}))
		if err := j.Flush(t.Context()); !errors.Is(err, full) || !errors.Is(j.Failure(), full) {
			t.Errorf("told %v, then %v", err, j.Failure())
		}
		post(1)
		if n := d.Appended(); n != 0 || len(accepted()) != 0 {
			t.Errorf("%d pages are written", n)
		}
		d.set(0, nil)
		time.Sleep(time.Second)
		if err := j.Flush(t.Context()); err != nil || d.Appended() != 2 || len(accepted()) != 1 {
			t.Errorf("%v; %d pages are written", err, d.Appended())
		}
	})
}
