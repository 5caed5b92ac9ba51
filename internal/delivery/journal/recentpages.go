package journal

import (
	"context"
	"sync"
	"weak"
)

// Content is that of one record, as a page has it.
type Content struct {
	Encoded []byte
	Format  int
}

// recentPages are the contents of pages that were read lately, until the next collection of
// garbage: a webhook that is there again is sent a hundred thousand events from the journal,
// of which 256 share a page.
type recentPages struct {
	mu    sync.Mutex
	pages [8]struct { // by the number of the page, modulo their number
		number   uint64
		contents weak.Pointer[map[uint64]Content]
	}
}

func (r *recentPages) of(number uint64) (map[uint64]Content, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	page := &r.pages[number%uint64(len(r.pages))]
	if contents := page.contents.Value(); contents != nil && page.number == number {
		return *contents, true
	}
	return nil, false
}

func (r *recentPages) keep(number uint64, contents map[uint64]Content) {
	r.mu.Lock()
	defer r.mu.Unlock()
	page := &r.pages[number%uint64(len(r.pages))]
	page.number, page.contents = number, weak.Make(&contents)
}

// Contents reads the contents of a page, by the sequence of their records; nobody may change
// them. It fails with ErrNotKept where the page was forgotten, and with ErrDamaged where it is
// there and cannot be read.
func (j *Journal) Contents(ctx context.Context, number uint64) (map[uint64]Content, error) {
	if contents, ok := j.recent.of(number); ok {
		return contents, nil
	}
	data, err := j.store.Read(ctx, number)
	if err != nil {
		return nil, err
	}
	contents := map[uint64]Content{}
	err = readPage(data, func(l line) error {
		contents[l.seq] = Content{l.content, l.format}
		return nil
	})
	if err == nil {
		j.recent.keep(number, contents)
	}
	return contents, err
}
