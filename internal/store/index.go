package store

import (
	"sync"
	"time"
)

// index knows which ids a bucket holds, in order. News of a key may come
// twice, from the writer and from the watch, and late: revisions decide.
type index struct {
	mu    sync.Mutex
	keys  map[string]known
	order order
	// told is the newest revision that the watch has told; its news come in
	// the order of revisions.
	told uint64
	// ages lists writes, oldest first, where the collection is bounded by
	// time or number. A later write of a key makes its earlier place void.
	ages    []aged
	keepAge bool
}

type known struct {
	revision uint64
	gone     bool // removed here; the watch has not said so yet
}

type aged struct {
	id      string
	known   uint64
	written time.Time
}

func newIndex(keepAge bool) *index { return &index{keys: map[string]known{}, keepAge: keepAge} }

// wrote notes that the id was written with that revision.
func (x *index) wrote(id string, revision uint64, at time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if have, ok := x.keys[id]; ok && have.revision >= revision {
		return
	}
	x.keys[id] = known{revision: revision}
	x.order.insert(id)
	if x.keepAge {
		x.ages = append(x.ages, aged{id, revision, at})
		x.forgetVoid()
	}
}

// removing notes that the value of that revision was deleted here. The deletion
// has a revision of its own, which the watch tells later; until then the news
// of the value itself may still be under way, and must not bring it back.
func (x *index) removing(id string, revision uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	have, ok := x.keys[id]
	if !ok || have.revision != revision || have.gone {
		return
	}
	x.order.remove(id)
	if revision <= x.told {
		delete(x.keys, id)
	} else {
		x.keys[id] = known{revision: revision, gone: true}
	}
}

// learn takes what the watch tells.
func (x *index) learn(id string, c change) {
	if !c.gone {
		x.wrote(id, c.revision, c.written)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.told = max(x.told, c.revision)
	have, ok := x.keys[id]
	switch {
	case !ok:
	case c.gone && have.revision < c.revision:
		delete(x.keys, id)
		x.order.remove(id)
	case have.gone && have.revision <= c.revision:
		delete(x.keys, id)
	}
}

// missing notes that the bucket has no value of the id, in spite of what the
// watch had told when it was at revision told: values expire silently.
func (x *index) missing(id string, told uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if have, ok := x.keys[id]; ok && have.revision <= told {
		delete(x.keys, id)
		x.order.remove(id)
	}
}

// after returns up to limit ids behind id, whether more follow, and what the
// watch had told by then.
func (x *index) after(id string, limit int) (ids []string, more bool, told uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	ids, more = x.order.after(id, limit)
	return ids, more, x.told
}

// surplus returns an id whose write is older than the given time, or the
// oldest where more than limit (0: any number) are held, with its revision.
func (x *index) surplus(olderThan time.Time, limit int) (id string, revision uint64, ok bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.forgetVoid()
	if len(x.ages) == 0 {
		return "", 0, false
	}
	oldest := x.ages[0]
	if oldest.written.Before(olderThan) || limit > 0 && x.held() > limit {
		return oldest.id, oldest.known, true
	}
	return "", 0, false
}

// held counts the ids that are not gone.
func (x *index) held() int {
	n := 0
	for _, c := range x.order.chunks {
		n += len(c)
	}
	return n
}

// forgetVoid drops places at the old end that later writes or deletions voided,
// and all void places once they are the majority.
func (x *index) forgetVoid() {
	for len(x.ages) > 0 && x.void(x.ages[0]) {
		x.ages = x.ages[1:]
	}
	if len(x.ages) < 64 || len(x.ages) < 2*len(x.keys) {
		return
	}
	kept := make([]aged, 0, len(x.keys))
	for _, a := range x.ages {
		if !x.void(a) {
			kept = append(kept, a)
		}
	}
	x.ages = kept
}

func (x *index) void(a aged) bool {
	have, ok := x.keys[a.id]
	return !ok || have.gone || have.revision != a.known
}
