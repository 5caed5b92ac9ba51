package expiring

import (
	"sync"
	"time"
)

// Set remembers keys alone, for at least TTL and at most twice as long, in a tenth
// of the memory of a Map: for what is noted thousands of times a second. It keeps
// two generations; the older one is forgotten as a whole, and its memory is given
// back, when the younger one is TTL old or full. It is safe for concurrent use; its
// lock is a leaf, held around memory only.
type Set[K comparable] struct {
	ttl     time.Duration
	entries int // in a generation

	mu         sync.Mutex
	young, old map[K]struct{}
	born       time.Time // of the young generation
}

// NewSet makes an empty set that holds twice so many entries at most.
func NewSet[K comparable](ttl time.Duration, entries int) *Set[K] {
	return &Set[K]{ttl: ttl, entries: entries}
}

// Add remembers a key.
func (s *Set[K]) Add(key K, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.age(now)
	if len(s.young) >= s.entries {
		s.turn(now)
	}
	if s.young == nil {
		s.young, s.born = make(map[K]struct{}), now
	}
	s.young[key] = struct{}{}
}

// Has reports whether a key is remembered.
func (s *Set[K]) Has(key K, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.age(now)
	if _, ok := s.young[key]; ok {
		return true
	}
	_, ok := s.old[key]
	return ok
}

// Expire forgets what is old, and returns how many keys are left. Add and Has do so
// as well; who wants the memory back while nothing happens calls it now and then.
func (s *Set[K]) Expire(now time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.age(now)
	return len(s.young) + len(s.old)
}

// age lets generations pass whose time is over.
func (s *Set[K]) age(now time.Time) {
	if s.young == nil && s.old == nil {
		return
	}
	switch past := now.Sub(s.born); {
	case past >= 2*s.ttl:
		s.young, s.old = nil, nil
	case past >= s.ttl:
		s.turn(now)
	}
}

// turn makes the young generation the old one.
func (s *Set[K]) turn(now time.Time) { s.old, s.young, s.born = s.young, nil, now }
