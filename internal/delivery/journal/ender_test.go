package journal

import (
	"context"
	"testing"
	"time"
)

// pages writes pages of a journal as the writer does, and recovers what is kept.
type pages struct {
	testing.TB
	store *MemoryStore
	*Journal
}

func newPages(t testing.TB) *pages {
	store := InMemory()
	return &pages{t, store, New(store, Owner{
		Do: func(do func()) { do() }, At: func(time.Time, func()) {}, Accepted: func(*Record) {},
	}, quiet())}
}

// write writes entries as one page.
func (p *pages) write(entries ...Entry) {
	p.Helper()
	p.pages++
	written, err := p.tryPage(context.Background(), entries)
	if err != nil {
		p.Fatal(err)
	}
	p.committed(written, entries)
}

// message is one with a number, that ends holds.
func (p *pages) message(n int, ends ...string) (*Record, Entry) {
	r := &Record{}
	r.NewMessage(note(n), time.Now(), ends)
	return r, EntryOf(r)
}

// recover is what the next process finds.
func (p *pages) recover() (messages []int, holds []string) {
	p.Helper()
	next := New(p.store.Copy(), Owner{At: func(time.Time, func()) {}, NewMessage: func() *Record { return &Record{Message: new(number)} }}, quiet())
	found, err := next.Recover(context.Background())
	if err != nil {
		p.Fatal(err)
	}
	for _, r := range found.Messages {
		messages = append(messages, int(*r.Message.(*number)))
	}
	for _, h := range found.Holds {
		holds = append(holds, h.Key)
	}
	return messages, holds
}

// TestPageIsKeptThatBeginsWithWhatIsOver: with the page that a record leaves, the hold goes
// that it has ended. Then it is over itself, but not what is behind it in its new page.
func TestPageIsKeptThatBeginsWithWhatIsOver(t *testing.T) {
	p := newPages(t)
	other, first := p.message(1)
	p.write(first, HoldEntry(Hold{"k", nil}))
	hold := p.holds["k"][0]
	end, second := p.message(2, "k")
	p.write(hold.again(), second) // the hold has a copy in either page
	p.End(end)
	p.End(other) // and now in the second page alone
	_, third := p.message(3)
	p.write(end.again(), third)
	if messages, holds := p.recover(); len(messages) != 1 || messages[0] != 3 || len(holds) != 0 {
		t.Errorf("messages %v and holds %v are left", messages, holds)
	}
}

// TestHoldThatIsWrittenAgainStaysReleased: it has moved on from the page of its release, for it
// has a former hold of its key to end itself.
func TestHoldThatIsWrittenAgainStaysReleased(t *testing.T) {
	p := newPages(t)
	_, other := p.message(1)
	p.write(other, HoldEntry(Hold{"k", []byte("former")})) // stays
	p.write(HoldEntry(Hold{"k", []byte("newer")}), ReleaseEntry("k"))
	newer := p.holds["k"][1]
	p.write(newer.again())
	if messages, holds := p.recover(); len(messages) != 1 || len(holds) != 0 {
		t.Errorf("messages %v and holds %v are left", messages, holds)
	}
}
