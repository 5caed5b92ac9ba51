package player

import "time"

// room is the part of the budget that one prompt has.
type room struct {
	shelf *shelf
	bytes int64
	given bool // back, for good
}

// reserve takes room for a prompt; false: there is not so much.
func (s *shelf) reserve(bytes int64, now time.Time) (*room, bool) {
	r := &room{shelf: s}
	return r, r.resize(bytes, now)
}

// resize makes the room larger or smaller. It stays what it was where it cannot be larger.
func (r *room) resize(bytes int64, now time.Time) bool {
	s := r.shelf
	s.mu.Lock()
	defer s.mu.Unlock()
	if bytes > r.bytes {
		if bytes > s.most || r.given {
			return false
		}
		s.cache.Len(now) // what has expired makes room first
	}
	idle := func(c *Clip) bool { return s.held[c].uses == 0 }
	for bytes > r.bytes && s.used+bytes-r.bytes > s.most {
		if !s.cache.Evict(now, idle) {
			return false
		}
	}
	s.resize(r, bytes)
	return true
}

// resize is called with the lock held.
func (s *shelf) resize(r *room, bytes int64) {
	s.used += bytes - r.bytes
	r.bytes = bytes
}

// give gives the room back.
func (r *room) give() {
	if r != nil {
		r.shelf.mu.Lock()
		defer r.shelf.mu.Unlock()
		r.shelf.giveBack(r)
	}
}

func (s *shelf) giveBack(r *room) {
	s.resize(r, 0)
	r.given = true
}
