package store

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// InMemory returns a backend that dies with the process, for tests and for
// state that needs no more. Collections of one name share their values.
func InMemory() Backend { return &memory{buckets: map[string]*memoryBucket{}} }

type memory struct {
	mu      sync.Mutex
	buckets map[string]*memoryBucket
}

func (m *memory) open(_ context.Context, name string, _ time.Duration) (bucket, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.buckets[name]
	if b == nil {
		b = &memoryBucket{values: map[string]entry{}, watchers: map[*func(change)]bool{}}
		m.buckets[name] = b
	}
	return b, nil
}

type memoryBucket struct {
	mu       sync.Mutex
	revision uint64
	values   map[string]entry
	watchers map[*func(change)]bool
}

func (b *memoryBucket) get(_ context.Context, key string) (entry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.values[key]
	if !ok {
		return entry{}, errNoKey
	}
	return e, nil
}

func (b *memoryBucket) put(_ context.Context, key string, value []byte) (uint64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.write(key, value), nil
}

func (b *memoryBucket) swap(_ context.Context, key string, value []byte, revision uint64) (uint64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.values[key].revision != revision {
		return 0, errRevision
	}
	return b.write(key, value), nil
}

func (b *memoryBucket) write(key string, value []byte) uint64 {
	b.revision++
	now := time.Now()
	b.values[key] = entry{value: bytes.Clone(value), revision: b.revision, written: now}
	b.report(change{key: key, revision: b.revision, written: now, size: len(value)})
	return b.revision
}

func (b *memoryBucket) remove(_ context.Context, key string, revision uint64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.values[key].revision != revision {
		return errRevision
	}
	delete(b.values, key)
	b.revision++
	b.report(change{key: key, revision: b.revision, removed: true})
	return nil
}

func (b *memoryBucket) report(c change) {
	for w := range b.watchers {
		(*w)(c)
	}
}

func (b *memoryBucket) watch(_ context.Context, report func(change)) (func(), error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, key := range slices.SortedFunc(maps.Keys(b.values), b.byRevision) {
		e := b.values[key]
		report(change{key: key, revision: e.revision, written: e.written, size: len(e.value)})
	}
	b.watchers[&report] = true
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.watchers, &report)
	}, nil
}

func (b *memoryBucket) byRevision(one, other string) int {
	return cmp.Compare(b.values[one].revision, b.values[other].revision)
}
