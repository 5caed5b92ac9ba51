package journal

import (
	"bytes"
	"context"
	"testing"
	"time"
)

// TestLongHoldThatIsOverBeforeItMovesIsForgotten: its page is gone when it is to be copied to
// another one. The message that has ended it need not do so again, and leaves the journal too.
func TestLongHoldThatIsOverBeforeItMovesIsForgotten(t *testing.T) {
	p := newPages(t)
	p.write(HoldEntry(Hold{"k", bytes.Repeat([]byte("x"), longHold+1)}))
	moving := p.holds["k"][0].again()
	end, entry := p.message(1, "k")
	p.write(entry)
	_, other := p.message(2)
	p.write(moving, other)
	p.End(end)
	if len(p.holds) != 0 || !end.settled || p.store.Len() != 1 {
		t.Errorf("%d holds and %d pages are left; their end waits for %d", len(p.holds), p.store.Len(), end.waits)
	}
}

// TestLongHoldsAreInTheJournalAlone: those of ten thousand connections would fill the memory. They
// are whole for the next process, also after they have moved to another page, and for the one after it.
func TestLongHoldsAreInTheJournalAlone(t *testing.T) {
	bodies := map[string][]byte{"long": bytes.Repeat([]byte("x"), longHold+1), "short": bytes.Repeat([]byte("y"), longHold)}
	p := newPages(t)
	_, other := p.message(1)
	p.write(HoldEntry(Hold{"long", bodies["long"]}), HoldEntry(Hold{"short", bodies["short"]}), other)
	long, short := p.holds["long"][0], p.holds["short"][0]
	if long.hold.Body != nil || len(short.hold.Body) != longHold {
		t.Errorf("in memory are %d and %d bytes", len(long.hold.Body), len(short.hold.Body))
	}
	found := func(store *MemoryStore) *Journal {
		next := New(store, Owner{At: func(time.Time, func()) {}, NewMessage: func() *Record { return &Record{Message: new(number)} }}, quiet())
		found, err := next.Recover(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range found.Holds {
			if !bytes.Equal(h.Body, bodies[h.Key]) {
				t.Errorf("%s is found with %d bytes", h.Key, len(h.Body))
			}
		}
		if len(found.Holds) != 2 || next.holds["long"][0].hold.Body != nil {
			t.Errorf("%d holds are found, of the long one %d bytes in memory", len(found.Holds), len(next.holds["long"][0].hold.Body))
		}
		return next
	}
	found(p.store.Copy())
	first := long.home
	p.write(long.again(), short.again())
	if long.home == first {
		t.Error("the hold has not moved")
	}
	later := &pages{t, p.store.Copy(), nil}
	later.Journal = found(later.store)
	later.owner.Accepted = func(*Record) {}
	later.lastSeq, later.pages = 10, 10
	later.write(later.holds["long"][0].again(), later.holds["short"][0].again())
	found(later.store.Copy())
}
