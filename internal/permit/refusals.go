package permit

import (
	"maps"
	"sync"
)

// refusals counts the calls that each rule has refused. Rules are of the
// configuration: their number is bounded.
type refusals struct {
	mu sync.Mutex // a leaf
	of map[string]uint64
}

func (c *refusals) add(rule string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil {
		c.of = make(map[string]uint64)
	}
	c.of[rule]++
}

// Refused returns how many calls each rule has refused, by its name.
func (r *Rules) Refused() map[string]uint64 {
	if r == nil {
		return nil
	}
	r.refusals.mu.Lock()
	defer r.refusals.mu.Unlock()
	return maps.Clone(r.refusals.of)
}
