package expiring

import (
	"sync"
	"time"
)

// Config says how long entries live and how many there may be.
type Config[K comparable, V any] struct {
	TTL     time.Duration // how long what Put and Add keep lives
	Entries int           // how many entries there may be; 0 is no bound

	// Cost is what an entry costs, and MaxCost what all together may; with 0 it
	// is not asked. An entry that alone costs more is not kept.
	Cost    func(key K, value V) int64
	MaxCost int64

	// Evicted, if it is set, is told of each entry that made room before it had
	// expired. It is called with the map locked and must not use it.
	Evicted func(key K, value V)

	// Removed, if it is set, is told of each entry that goes, whatever the reason; a
	// value in place of another is none. It is called as Evicted is.
	Removed func(key K, value V)
}

// Map is a bounded map whose entries expire. It is safe for concurrent use; its
// lock is a leaf, held around memory only.
type Map[K comparable, V any] struct {
	cfg Config[K, V]

	mu      sync.Mutex
	base    time.Time // times are kept as distances from it
	cost    int64
	byKey   map[K]int32 // the entry's place in entries
	entries []entry[K, V]
	free    []int32 // places in entries that are empty
	soonest []int32 // a heap of places, the entry that expires first on top
}

type entry[K comparable, V any] struct {
	key   K
	value V
	until time.Duration // from base
	cost  int64
	rank  int32 // where it is in the heap
}

// New makes an empty map.
func New[K comparable, V any](cfg Config[K, V]) *Map[K, V] {
	return &Map[K, V]{cfg: cfg, byKey: make(map[K]int32)}
}

// Get returns the value of a key, unless it has expired.
func (m *Map[K, V]) Get(key K, now time.Time) (value V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, ok := m.find(key, now); ok {
		return m.entries[at].value, true
	}
	return value, false
}

// Put keeps a value under a key for the map's TTL from now. It returns false
// where the value alone costs more than all may.
func (m *Map[K, V]) Put(key K, value V, now time.Time) bool {
	return m.PutUntil(key, value, now, now.Add(m.cfg.TTL))
}

// PutUntil keeps a value under a key until a time.
func (m *Map[K, V]) PutUntil(key K, value V, now, until time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.set(key, value, now, until)
}

// Add keeps a value for the map's TTL unless the key has one already. It returns
// what the key has now, and whether that was there before.
func (m *Map[K, V]) Add(key K, value V, now time.Time) (have V, before bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, ok := m.find(key, now); ok {
		return m.entries[at].value, true
	}
	m.set(key, value, now, now.Add(m.cfg.TTL))
	return value, false
}

// Extend lets the entry of a key live until another time, later or earlier. It
// returns false where there is none.
func (m *Map[K, V]) Extend(key K, now, until time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, ok := m.find(key, now)
	if ok {
		m.entries[at].until = m.distance(until)
		m.fix(m.entries[at].rank)
	}
	return ok
}

// Take removes the entry of a key and returns its value, unless it has expired.
func (m *Map[K, V]) Take(key K, now time.Time) (value V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, ok := m.find(key, now)
	if ok {
		value = m.entries[at].value
		m.remove(at)
	}
	return value, ok
}

// Delete removes the entry of a key, if there is one.
func (m *Map[K, V]) Delete(key K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, ok := m.byKey[key]; ok {
		m.remove(at)
	}
}

// Evict removes, of the entries that may go, the one that expires first. It returns false
// where none may. May is called with the map locked and must not use it.
func (m *Map[K, V]) Evict(now time.Time, may func(value V) bool) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	first := int32(-1)
	for rank, at := range m.soonest {
		if (first < 0 || m.before(int32(rank), first)) && may(m.entries[at].value) {
			first = int32(rank)
		}
		if first == 0 {
			break // the heap's top
		}
	}
	if first < 0 {
		return false
	}
	m.evict(m.soonest[first], now)
	return true
}

// Update changes the value of a key in one step: change gets the value, or the
// zero value and found false, and returns the new one and until when it is kept.
// An entry that would have expired already is removed. Change is called with the
// map locked and must not use it.
func (m *Map[K, V]) Update(key K, now time.Time, change func(value V, found bool) (next V, until time.Time)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var value V
	at, found := m.find(key, now)
	if found {
		value = m.entries[at].value
	}
	next, until := change(value, found)
	m.set(key, next, now, until)
}

// Len returns how many entries have not expired, and removes those that have.
func (m *Map[K, V]) Len(now time.Time) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expire(now, len(m.soonest))
	return len(m.soonest)
}
