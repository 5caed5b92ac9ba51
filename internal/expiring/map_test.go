package expiring

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func mapOf(cfg Config[string, int]) *Map[string, int] { return New(cfg) }

// kept lists the keys that are found, of those asked for.
func kept(m *Map[string, int], now time.Time, keys ...string) (found []string) {
	for _, key := range keys {
		if _, ok := m.Get(key, now); ok {
			found = append(found, key)
		}
	}
	return found
}

func TestEntriesExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := mapOf(Config[string, int]{TTL: time.Minute})
		m.Put("a", 1, time.Now())
		m.PutUntil("b", 2, time.Now(), time.Now().Add(time.Hour))
		time.Sleep(time.Minute - 1)
		if value, ok := m.Get("a", time.Now()); !ok || value != 1 {
			t.Errorf("a moment before: %d, %v", value, ok)
		}
		time.Sleep(time.Nanosecond)
		if got := kept(m, time.Now(), "a", "b"); !slices.Equal(got, []string{"b"}) {
			t.Errorf("after a minute there are %v", got)
		}
		if _, ok := m.Take("a", time.Now()); ok {
			t.Error("what has expired was taken")
		}
		if m.Extend("a", time.Now(), time.Now().Add(time.Hour)) {
			t.Error("what has expired was extended")
		}
		if n := m.Len(time.Now()); n != 1 {
			t.Errorf("there are %d", n)
		}
	})
}

func TestWhoExpiresFirstMakesRoom(t *testing.T) {
	now := time.Now()
	for _, test := range []struct {
		name string
		then func(m *Map[string, int])
		want []string
	}{
		{"the shortest life, not the oldest", func(m *Map[string, int]) { m.Put("d", 4, now) }, []string{"a", "c", "d"}},
		{"though it was extended before", func(m *Map[string, int]) {
			m.Extend("b", now, now.Add(time.Hour))
			m.Put("d", 4, now)
		}, []string{"b", "c", "d"}},
		{"nobody where a key is written again", func(m *Map[string, int]) { m.Put("c", 4, now) }, []string{"a", "b", "c"}},
		{"nobody where somebody has left", func(m *Map[string, int]) {
			m.Delete("c")
			m.Put("d", 4, now)
		}, []string{"a", "b", "d"}},
		{"nobody where somebody has expired", func(m *Map[string, int]) { m.Put("d", 4, now.Add(time.Second)) }, []string{"a", "c", "d"}},
	} {
		var evicted []string
		m := mapOf(Config[string, int]{TTL: time.Minute, Entries: 3, Evicted: func(key string, _ int) { evicted = append(evicted, key) }})
		m.PutUntil("a", 1, now, now.Add(2*time.Second))
		m.PutUntil("b", 2, now, now.Add(time.Second))
		m.PutUntil("c", 3, now, now.Add(3*time.Second))
		test.then(m)
		if got := kept(m, now, "a", "b", "c", "d"); !slices.Equal(got, test.want) {
			t.Errorf("%s: kept %v, want %v", test.name, got, test.want)
		}
		if n := m.Len(now); n != 3 {
			t.Errorf("%s: %d entries", test.name, n)
		}
		if told := len(evicted) > 0; told != (test.name == "the shortest life, not the oldest" || test.name == "though it was extended before") {
			t.Errorf("%s: told of %v", test.name, evicted)
		}
	}
}

func TestTheSumOfCostsIsBounded(t *testing.T) {
	now := time.Now()
	m := mapOf(Config[string, int]{TTL: time.Minute, MaxCost: 10, Cost: func(_ string, value int) int64 { return int64(value) }})
	m.Put("a", 4, now)
	m.Put("b", 4, now.Add(1))
	m.Put("c", 2, now.Add(2))
	if got := kept(m, now, "a", "b", "c"); len(got) != 3 {
		t.Errorf("what fits: %v", got)
	}
	if m.Put("d", 11, now) {
		t.Error("what alone costs too much was kept")
	}
	if got := kept(m, now, "a", "b", "c", "d"); len(got) != 3 {
		t.Errorf("and pushed others out: %v", got)
	}
	m.Put("d", 5, now.Add(3)) // for which one is not enough, and two are
	if got := kept(m, now, "a", "b", "c", "d"); !slices.Equal(got, []string{"c", "d"}) {
		t.Errorf("kept %v", got)
	}
	m.Put("c", 6, now.Add(-time.Second)) // grows, and would itself be the first to expire
	if got := kept(m, now, "c", "d"); !slices.Equal(got, []string{"c"}) {
		t.Errorf("kept %v", got)
	}
	m.Put("c", 11, now) // has no place any more, and what it was is not true any more
	if n := m.Len(now); n != 0 || m.cost != 0 {
		t.Errorf("%d entries that cost %d", n, m.cost)
	}
}

func TestAnEntryIsTakenOnce(t *testing.T) {
	now, m := time.Now(), mapOf(Config[string, int]{TTL: time.Minute})
	m.Put("a", 1, now)
	first, ok := m.Take("a", now)
	_, again := m.Take("a", now)
	if first != 1 || !ok || again {
		t.Errorf("took %d, %v, then %v", first, ok, again)
	}
}

func TestAddLeavesWhatIsThere(t *testing.T) {
	now, m := time.Now(), mapOf(Config[string, int]{TTL: time.Minute})
	if have, before := m.Add("a", 1, now); have != 1 || before {
		t.Errorf("the first: %d, %v", have, before)
	}
	if have, before := m.Add("a", 2, now); have != 1 || !before {
		t.Errorf("the second: %d, %v", have, before)
	}
	if have, before := m.Add("a", 3, now.Add(time.Minute)); have != 3 || before {
		t.Errorf("after it has expired: %d, %v", have, before)
	}
}

func TestUpdateChangesInOneStep(t *testing.T) {
	m, now := mapOf(Config[string, int]{Entries: 10}), time.Now()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				m.Update("n", now, func(n int, _ bool) (int, time.Time) { return n + 1, now.Add(time.Minute) })
			}
		})
	}
	all.Wait()
	if n, _ := m.Get("n", now); n != 800 {
		t.Errorf("counted %d", n)
	}
	m.Update("n", now.Add(time.Minute), func(n int, found bool) (int, time.Time) {
		if n != 0 || found {
			t.Errorf("found %d that had expired", n)
		}
		return 0, time.Time{} // not to be kept
	})
	if n := m.Len(now); n != 0 {
		t.Errorf("%d entries", n)
	}
}

func TestWritersRemoveWhatHasExpired(t *testing.T) {
	now, m := time.Now(), New(Config[int, int]{TTL: time.Minute})
	for i := range 1000 {
		m.Put(i, i, now)
	}
	for i := range 400 {
		m.Put(-i, i, now.Add(time.Hour))
	}
	if len(m.soonest) != 400 {
		t.Errorf("%d entries are in memory", len(m.soonest))
	}
}

func TestAnEmptyMapGivesItsMemoryBack(t *testing.T) {
	now, m := time.Now(), New(Config[int, int]{TTL: time.Minute})
	for i := range 1000 {
		m.Put(i, i, now)
	}
	if m.Len(now.Add(time.Hour)); cap(m.entries)+cap(m.free)+cap(m.soonest) != 0 {
		t.Error("it keeps its memory")
	}
	m.Put(1, 1, now)
	if value, ok := m.Get(1, now); !ok || value != 1 {
		t.Errorf("afterwards: %d, %v", value, ok)
	}
}

func ExampleMap() {
	now := time.Now()
	answers := New(Config[string, string]{TTL: time.Minute, Entries: 1000})
	answers.Put("example.org", "192.0.2.1", now)

	answer, known := answers.Get("example.org", now.Add(59*time.Second))
	fmt.Println(answer, known)
	_, known = answers.Get("example.org", now.Add(time.Minute))
	fmt.Println(known)
	// Output:
	// 192.0.2.1 true
	// false
}

func ExampleMap_Update() {
	now := time.Now()
	faults := New(Config[string, int]{Entries: 1000})
	for range 3 { // each fault lets the count live for five minutes more
		faults.Update("alice", now, func(n int, _ bool) (int, time.Time) { return n + 1, now.Add(5 * time.Minute) })
	}
	n, _ := faults.Get("alice", now)
	fmt.Println(n)
	// Output: 3
}
