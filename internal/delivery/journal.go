package delivery

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
)

// Journal keeps numbered messages until they are done. One engine uses it.
type Journal interface {
	// Recover tells each kept message, oldest first. It is called once, before
	// the other methods.
	Recover(ctx context.Context, tell func(number uint64, data []byte) error) error
	// Append keeps a message; it is durable when Append returns. An Append that
	// failed may be repeated with the same id, and keeps one message only.
	Append(ctx context.Context, id uint64, data []byte) (number uint64, err error)
	// Read returns a kept message, or errNotKept.
	Read(ctx context.Context, number uint64) ([]byte, error)
	// Done forgets a message. Messages are forgotten in the order of the calls.
	Done(number uint64)
	// Close returns when what was done is forgotten, or ctx ends.
	Close(ctx context.Context) error
}

var errNotKept = errors.New("the journal does not keep that message")

// MemoryJournal dies with the process. It is for tests, and for who can bear
// that a kill loses what is undelivered.
type MemoryJournal struct {
	mu     sync.Mutex
	last   uint64
	ids    map[uint64]uint64
	pages  map[uint64][]byte
	broken error
}

// InMemory returns an empty journal in memory.
func InMemory() *MemoryJournal {
	return &MemoryJournal{ids: map[uint64]uint64{}, pages: map[uint64][]byte{}}
}

// Copy returns a journal that holds what this one holds now: what a process
// killed at this moment would leave behind.
func (j *MemoryJournal) Copy() *MemoryJournal {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := InMemory()
	c.last = j.last
	for number, data := range j.pages {
		c.pages[number] = data
	}
	return c
}

// Len returns how many messages are kept.
func (j *MemoryJournal) Len() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.pages)
}

// Break lets every Append fail with err, until it is called with nil.
func (j *MemoryJournal) Break(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.broken = err
}

// Recover implements Journal.
func (j *MemoryJournal) Recover(_ context.Context, tell func(uint64, []byte) error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var numbers []uint64
	for number := range j.pages {
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	for _, number := range numbers {
		if err := tell(number, j.pages[number]); err != nil {
			return err
		}
	}
	return nil
}

// Append implements Journal.
func (j *MemoryJournal) Append(_ context.Context, id uint64, data []byte) (uint64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return 0, j.broken
	}
	if number, again := j.ids[id]; again {
		return number, nil
	}
	j.last++
	j.ids = map[uint64]uint64{id: j.last} // only the last one is repeated
	j.pages[j.last] = bytes.Clone(data)
	return j.last, nil
}

// Read implements Journal.
func (j *MemoryJournal) Read(_ context.Context, number uint64) ([]byte, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	data, ok := j.pages[number]
	if !ok {
		return nil, errNotKept
	}
	return data, nil
}

// Done implements Journal.
func (j *MemoryJournal) Done(number uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.pages, number)
}

// Close implements Journal.
func (j *MemoryJournal) Close(context.Context) error { return nil }
