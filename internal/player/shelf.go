package player

import (
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/expiring"
)

// shelf holds the decoded prompts: those that are kept for later, those that are played
// and those that are being decoded, within one budget. What is kept and not played makes
// room, that which expires first before others.
type shelf struct {
	most int64 // bytes

	mu    sync.Mutex // guards what follows
	used  int64      // bytes of the clips, and of what is reserved
	held  map[*Clip]*holding
	cache *expiring.Map[string, *Clip]
}

// holding is a clip that takes room.
type holding struct {
	room *room
	key  string // under which it is kept
	kept bool
	uses int // by how many it is played, or waited for
}

func newShelf(most int64, ttl time.Duration) *shelf {
	s := &shelf{most: max(0, most), held: make(map[*Clip]*holding)}
	s.cache = expiring.New(expiring.Config[string, *Clip]{TTL: ttl, Removed: s.removed})
	return s
}

// take makes a clip, for which there is room, one that is used once.
func (s *shelf) take(c *Clip, r *room) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[c] = &holding{room: r, uses: 1}
}

// keep keeps a clip that is used under a key. If there is another one it is used instead,
// but for a file's older version, whose place it takes.
func (s *shelf) keep(key string, c *Clip, now time.Time) *Clip {
	s.mu.Lock()
	defer s.mu.Unlock()
	have, ok := s.cache.Get(key, now)
	if ok && have.version == c.version {
		s.held[have].uses++
		s.release(c)
		return have
	}
	s.cache.Delete(key)
	h := s.held[c]
	h.key, h.kept = key, true
	s.cache.Put(key, c, now)
	return c
}

// extend keeps what is kept under a key for a time from now; false: nothing is.
func (s *shelf) extend(key string, now time.Time, ttl time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cache.Extend(key, now, now.Add(ttl))
}

// get returns the clip that is kept under a key, which is used once more.
func (s *shelf) get(key string, now time.Time) (*Clip, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.cache.Get(key, now)
	if ok {
		s.held[c].uses++
	}
	return c, ok
}

// use counts more who use a clip that is used; the server's own ones are not counted.
func (s *shelf) use(c *Clip, more int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.held[c]; h != nil {
		h.uses += more
	}
}

// drop counts one who has used a clip. A download that nobody waits for is given up.
func (s *shelf) drop(c *Clip) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release(c)
}

func (s *shelf) release(c *Clip) {
	h := s.held[c]
	if h == nil {
		return
	}
	if h.uses--; h.uses > 0 {
		return
	}
	if c.growth != nil && !c.growth.ended.Load() {
		c.growth.cancel(errUnheard)
		s.unkeep(c, h)
	}
	s.free(c, h)
}

// settle gives back the room that a clip did not need.
func (s *shelf) settle(c *Clip, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.held[c]; h != nil {
		s.resize(h.room, min(h.room.bytes, c.size()+int64(len(key))+entryOverhead))
	}
}

// forget keeps a clip no longer.
func (s *shelf) forget(c *Clip) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.held[c]; h != nil {
		s.unkeep(c, h)
	}
}

func (s *shelf) unkeep(c *Clip, h *holding) {
	if h.kept {
		s.cache.Delete(h.key)
	}
}

// removed is told by the cache, which is only used with the lock held.
func (s *shelf) removed(_ string, c *Clip) {
	h := s.held[c]
	h.kept = false
	s.free(c, h)
}

// free gives the room of a clip back that nobody needs.
func (s *shelf) free(c *Clip, h *holding) {
	if h.uses == 0 && !h.kept {
		delete(s.held, c)
		s.giveBack(h.room)
	}
}

// total is how many bytes are held.
func (s *shelf) total() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}
