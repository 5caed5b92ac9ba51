package journal

import (
	"bytes"
	"context"
	"slices"
	"sync"
)

// MemoryStore is a store that is lost with the process. It is for tests.
type MemoryStore struct {
	mu     sync.Mutex
	last   uint64
	ids    map[uint64]uint64
	pages  map[uint64][]byte
	broken error
}

// InMemory returns an empty store in memory.
func InMemory() *MemoryStore {
	return &MemoryStore{ids: map[uint64]uint64{}, pages: map[uint64][]byte{}}
}

// Copy returns a store that holds what this one holds now: what a process
// killed at this moment would leave behind.
func (j *MemoryStore) Copy() *MemoryStore {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := InMemory()
	c.last = j.last
	for number, data := range j.pages {
		c.pages[number] = data
	}
	return c
}

// Len returns how many pages are kept.
func (j *MemoryStore) Len() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.pages)
}

// Appended returns how many pages were ever written.
func (j *MemoryStore) Appended() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last
}

// Break lets every Append fail with err, until it is called with nil.
func (j *MemoryStore) Break(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.broken = err
}

// Recover implements Store.
func (j *MemoryStore) Recover(_ context.Context, tell func(uint64, []byte) error) error {
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

// Append implements Store.
func (j *MemoryStore) Append(_ context.Context, id uint64, data []byte) (uint64, error) {
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

// Sync implements Store.
func (j *MemoryStore) Sync() error { return nil }

// Read implements Store.
func (j *MemoryStore) Read(_ context.Context, number uint64) ([]byte, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	data, ok := j.pages[number]
	if !ok {
		return nil, ErrNotKept
	}
	return data, nil
}

// Done implements Store.
func (j *MemoryStore) Done(number uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.pages, number)
}

// Close implements Store.
func (j *MemoryStore) Close(context.Context) error { return nil }
