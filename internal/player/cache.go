package player

import (
	"container/list"
	"time"
)

// cache keeps clips by id until they expire, within a number of bytes; the one
// that was asked for longest ago goes first. Library.mu guards it.
type cache struct {
	limit, used int64
	byID        map[string]*list.Element
	recent      *list.List // of *entry, the latest asked for in front
}

type entry struct {
	id      string
	clip    *Clip
	expires time.Time
}

// entryOverhead is what an entry costs beside its samples and its id, roughly:
// many tiny clips are bounded too.
const entryOverhead = 512

func (e *entry) size() int64 { return e.clip.size() + int64(len(e.id)) + entryOverhead }

func newCache(limit int64) *cache {
	return &cache{limit: limit, byID: make(map[string]*list.Element), recent: list.New()}
}

// get returns the clip of an id, or nil.
func (c *cache) get(id string, now time.Time) *Clip {
	element := c.byID[id]
	if element == nil {
		return nil
	}
	e := element.Value.(*entry)
	if !now.Before(e.expires) {
		c.remove(element)
		return nil
	}
	c.recent.MoveToFront(element)
	return e.clip
}

// put keeps a clip for a time and returns what the id stands for now: another
// clip that came first, where two were fetched under one id at the same time.
func (c *cache) put(id string, clip *Clip, now time.Time, keep time.Duration) *Clip {
	if earlier := c.get(id, now); earlier != nil {
		return earlier
	}
	e := &entry{id: id, clip: clip, expires: now.Add(keep)}
	if e.size() > c.limit {
		return clip // it would only push everything else out
	}
	c.byID[id] = c.recent.PushFront(e)
	c.used += e.size()
	for c.used > c.limit {
		c.remove(c.recent.Back())
	}
	return clip
}

func (c *cache) remove(element *list.Element) {
	e := c.recent.Remove(element).(*entry)
	delete(c.byID, e.id)
	c.used -= e.size()
}
