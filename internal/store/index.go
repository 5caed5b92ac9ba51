package store

import (
	"sync"
	"time"
)

// index is the ordered set of the ids in a bucket. A change may be reported twice,
// by the writer and by the watch, and late: revisions decide.
type index struct {
	mu    sync.Mutex
	keys  map[string]known
	order order
	bytes int // of the values, as far as their sizes are known
	// watched is the newest revision that the watch has reported. It reports
	// changes in the order of their revisions.
	watched uint64
	// writes is a queue of writes, oldest first, where the collection is bounded
	// by time, number or bytes. A later write of an id makes its earlier entry stale.
	writes   []writeAge
	trackAge bool
}

type known struct {
	revision uint64
	size     int  // of the value, in bytes; 0: nobody has told
	removed  bool // here; the watch has not reported it yet
}

type writeAge struct {
	id      string
	known   uint64
	written time.Time
}

func newIndex(trackAge bool) *index { return &index{keys: map[string]known{}, trackAge: trackAge} }

// recordWrite notes that the id was written with that revision.
func (x *index) recordWrite(id string, revision uint64, at time.Time, size int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	have, ok := x.keys[id]
	if ok && have.revision == revision && have.size == 0 && !have.removed { // the watch was faster, and has not told the size
		x.keep(id, known{revision: revision, size: size})
	}
	if ok && have.revision >= revision {
		return
	}
	x.keep(id, known{revision: revision, size: size})
	x.order.insert(id)
	if x.trackAge {
		x.writes = append(x.writes, writeAge{id, revision, at})
		x.dropStaleWrites()
	}
}

// keep puts what is known of an id in the place of what was.
func (x *index) keep(id string, now known) {
	x.bytes += now.size - x.keys[id].size
	x.keys[id] = now
}

// forget drops what is known of an id.
func (x *index) forget(id string) {
	x.bytes -= x.keys[id].size
	delete(x.keys, id)
}

// recordRemoval notes that the value of that revision was deleted here. The deletion
// has a revision of its own, which the watch reports later; until then it may
// still report the value itself, which must not bring it back.
func (x *index) recordRemoval(id string, revision uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	have, ok := x.keys[id]
	if !ok || have.revision != revision || have.removed {
		return
	}
	x.order.remove(id)
	if revision <= x.watched {
		x.forget(id)
	} else {
		x.keep(id, known{revision: revision, removed: true})
	}
}

// apply takes a change that the watch reports.
func (x *index) apply(id string, c change) {
	if !c.removed {
		x.recordWrite(id, c.revision, c.written, c.size)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.watched = max(x.watched, c.revision)
	have, ok := x.keys[id]
	switch {
	case !ok:
	case c.removed && have.revision < c.revision:
		x.forget(id)
		x.order.remove(id)
	case have.removed && have.revision <= c.revision:
		x.forget(id)
	}
}

// removeExpired notes that the bucket has no value of the id, in spite of what the
// watch had reported up to that revision: expiry is not reported.
func (x *index) removeExpired(id string, watched uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if have, ok := x.keys[id]; ok && have.revision <= watched {
		x.forget(id)
		x.order.remove(id)
	}
}

// after returns up to limit ids behind id, whether more follow, and what the
// watch had reported by then.
func (x *index) after(id string, limit int) (ids []string, more bool, watched uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	ids, more = x.order.after(id, limit)
	return ids, more, x.watched
}

// nextEviction returns an id whose write is older than the given time, or the
// oldest where more than limit (0: any number) are held or they have more than so many
// bytes (0: any), with its revision.
func (x *index) nextEviction(olderThan time.Time, limit, bytes int) (id string, revision uint64, ok bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.dropStaleWrites()
	if len(x.writes) == 0 {
		return "", 0, false
	}
	oldest := x.writes[0]
	if oldest.written.Before(olderThan) || limit > 0 && x.count() > limit || bytes > 0 && x.bytes > bytes {
		return oldest.id, oldest.known, true
	}
	return "", 0, false
}

// count returns how many ids there are.
func (x *index) count() int {
	n := 0
	for _, c := range x.order.chunks {
		n += len(c)
	}
	return n
}

// dropStaleWrites drops stale entries at the old end of the queue, and all of them
// once they are the majority.
func (x *index) dropStaleWrites() {
	for len(x.writes) > 0 && x.stale(x.writes[0]) {
		x.writes = x.writes[1:]
	}
	if len(x.writes) < 64 || len(x.writes) < 2*len(x.keys) {
		return
	}
	kept := make([]writeAge, 0, len(x.keys))
	for _, a := range x.writes {
		if !x.stale(a) {
			kept = append(kept, a)
		}
	}
	x.writes = kept
}

func (x *index) stale(a writeAge) bool {
	have, ok := x.keys[a.id]
	return !ok || have.removed || have.revision != a.known
}
