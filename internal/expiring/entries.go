package expiring

import "time"

// sweep is how many expired entries a write removes at most. It adds one, so
// that the map catches up, and nobody who writes has to remove thousands.
const sweep = 4

// smallMap is how many places are kept when the last entry goes; the memory of
// more is given back.
const smallMap = 64

// distance is how a time is kept: in 8 bytes, on the monotonic clock where both
// times have it.
func (m *Map[K, V]) distance(t time.Time) time.Duration { return t.Sub(m.base) }

// find returns the place of a key's entry, unless it has expired.
func (m *Map[K, V]) find(key K, now time.Time) (at int32, ok bool) {
	at, ok = m.byKey[key]
	return at, ok && m.distance(now) < m.entries[at].until
}

// set keeps a value until a time, in place of what the key had.
func (m *Map[K, V]) set(key K, value V, now, until time.Time) bool {
	if m.base.IsZero() {
		m.base = now
	}
	m.expire(now, sweep)
	var cost int64
	if m.cfg.MaxCost > 0 {
		cost = m.cfg.Cost(key, value)
	}
	at, had := m.byKey[key]
	if cost > m.cfg.MaxCost || !now.Before(until) {
		if had {
			m.remove(at)
		}
		return cost <= m.cfg.MaxCost
	}
	if had { // keeps its place, and makes room for itself last
		m.cost += cost - m.entries[at].cost
		e := &m.entries[at]
		e.value, e.cost, e.until = value, cost, m.distance(until)
		m.fix(e.rank)
	} else {
		for m.cfg.Entries > 0 && len(m.soonest) >= m.cfg.Entries {
			m.evict(m.soonest[0], now)
		}
		at = m.insert(key, value, cost, m.distance(until))
	}
	for m.cfg.MaxCost > 0 && m.cost > m.cfg.MaxCost {
		m.evict(m.first(at), now)
	}
	return true
}

// first is the place of the entry that expires first, but for one.
func (m *Map[K, V]) first(but int32) int32 {
	if m.soonest[0] != but {
		return m.soonest[0]
	}
	if len(m.soonest) > 2 && m.before(2, 1) {
		return m.soonest[2]
	}
	return m.soonest[1]
}

// expire removes at most so many entries that have expired.
func (m *Map[K, V]) expire(now time.Time, most int) {
	for ; most > 0 && len(m.soonest) > 0 && m.entries[m.soonest[0]].until <= m.distance(now); most-- {
		m.remove(m.soonest[0])
	}
}

// evict removes an entry for another's sake.
func (m *Map[K, V]) evict(at int32, now time.Time) {
	e := &m.entries[at]
	if m.cfg.Evicted != nil && m.distance(now) < e.until {
		m.cfg.Evicted(e.key, e.value)
	}
	m.remove(at)
}

func (m *Map[K, V]) insert(key K, value V, cost int64, until time.Duration) int32 {
	var at int32
	if n := len(m.free); n > 0 {
		at, m.free = m.free[n-1], m.free[:n-1]
	} else {
		at = int32(len(m.entries))
		m.entries = append(m.entries, entry[K, V]{})
	}
	m.entries[at] = entry[K, V]{key: key, value: value, until: until, cost: cost, rank: int32(len(m.soonest))}
	m.byKey[key] = at
	m.cost += cost
	m.soonest = append(m.soonest, at)
	m.up(int32(len(m.soonest) - 1))
	return at
}

func (m *Map[K, V]) remove(at int32) {
	rank, last := m.entries[at].rank, int32(len(m.soonest)-1)
	if m.cfg.Removed != nil {
		m.cfg.Removed(m.entries[at].key, m.entries[at].value)
	}
	delete(m.byKey, m.entries[at].key)
	m.cost -= m.entries[at].cost
	m.swap(rank, last)
	m.soonest = m.soonest[:last]
	if rank < last {
		m.fix(rank)
	}
	m.entries[at] = entry[K, V]{} // what it held may be collected
	m.free = append(m.free, at)
	if last == 0 && len(m.entries) > smallMap {
		m.byKey, m.entries, m.free, m.soonest = make(map[K]int32), nil, nil, nil
	}
}
