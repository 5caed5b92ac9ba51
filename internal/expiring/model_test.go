package expiring

import (
	"slices"
	"testing"
	"time"
)

// model is the map without the heap: it looks at every entry each time.
type model struct {
	most, cost int
	entries    map[byte]modelEntry
}

type modelEntry struct{ value, until int }

func (m *model) put(key byte, value, now, until int) {
	for other, e := range m.entries {
		if e.until <= now {
			delete(m.entries, other)
		}
	}
	delete(m.entries, key)
	if value > m.cost || until <= now {
		return
	}
	m.entries[key] = modelEntry{value, until}
	for {
		sum := 0
		first, until := key, 0
		for other, e := range m.entries {
			if sum += e.value; other != key && (first == key || e.until < until) {
				first, until = other, e.until
			}
		}
		if len(m.entries) <= m.most && sum <= m.cost {
			return
		}
		delete(m.entries, first)
	}
}

// FuzzMap holds the map against its model. Times are all different, so that it
// is always clear who expires first.
func FuzzMap(f *testing.F) {
	f.Add([]byte{0, 1, 9, 0, 2, 5, 1, 1, 0, 2, 2, 7, 3, 0, 200, 0, 3, 8, 0, 4, 250, 0, 1, 4})
	f.Fuzz(func(t *testing.T, script []byte) {
		const most, maxCost = 8, 600
		start := time.Now()
		at := func(tick int) time.Time { return start.Add(time.Duration(tick) * time.Second) }
		m := New(Config[byte, int]{Entries: most, MaxCost: maxCost, Cost: func(_ byte, value int) int64 { return int64(value) }})
		want := &model{most: most, cost: maxCost, entries: map[byte]modelEntry{}}
		now := 0
		for n, step := range slices.Collect(slices.Chunk(script, 3)) {
			if len(step) < 3 {
				break
			}
			key, until := step[1]%16, (now/1000+int(step[2]))*1000+n%1000
			switch step[0] % 4 {
			case 0:
				value := int(step[1]) + int(step[2])
				m.PutUntil(key, value, at(now), at(until))
				want.put(key, value, now, until)
			case 1:
				m.Delete(key)
				delete(want.entries, key)
			case 2:
				if e, ok := want.entries[key]; m.Extend(key, at(now), at(until)) != (ok && e.until > now) {
					t.Fatal("extended what is not there, or not what is")
				} else if ok && e.until > now {
					want.entries[key] = modelEntry{e.value, until}
				}
			case 3:
				now += int(step[2]) * 100
			}
			for key := range byte(16) {
				value, ok := m.Get(key, at(now))
				e, there := want.entries[key]
				if there = there && e.until > now; ok != there || ok && value != e.value {
					t.Fatalf("step %d, key %d: got %d, %v; want %d, %v", n, key, value, ok, e.value, there)
				}
			}
			m.check(t)
		}
	})
}

// check looks whether the parts of a map agree.
func (m *Map[K, V]) check(t *testing.T) {
	t.Helper()
	var cost int64
	for rank, at := range m.soonest {
		e := m.entries[at]
		cost += e.cost
		if e.rank != int32(rank) || m.byKey[e.key] != at || rank > 0 && m.before(int32(rank), int32(rank-1)/2) {
			t.Fatalf("rank %d is wrong", rank)
		}
	}
	if cost != m.cost || len(m.byKey) != len(m.soonest) || len(m.free)+len(m.soonest) != len(m.entries) {
		t.Fatalf("cost %d of %d, %d keys, %d free, %d entries, %d in the heap", m.cost, cost, len(m.byKey), len(m.free), len(m.entries), len(m.soonest))
	}
}
