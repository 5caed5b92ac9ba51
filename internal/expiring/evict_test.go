package expiring

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestWhatMayGoMakesRoom: the entry that expires first of those that may.
func TestWhatMayGoMakesRoom(t *testing.T) {
	now := time.Now()
	var gone []string
	m := New(Config[int, int]{Removed: func(key, value int) { gone = append(gone, fmt.Sprint(key, "=", value)) }})
	for key, until := range []int{50, 20, 40, 10, 30} {
		m.PutUntil(key, until, now, now.Add(time.Duration(until)*time.Second))
	}
	odd := func(value int) bool { return value != 10 && value != 30 }
	for m.Evict(now, odd) {
	}
	if want := []string{"1=20", "2=40", "0=50"}; !slices.Equal(gone, want) {
		t.Errorf("gone are %v, want %v", gone, want)
	}
}

// TestWhoeverGoesIsTold: expired, deleted and taken alike, once; not what was replaced.
func TestWhoeverGoesIsTold(t *testing.T) {
	now := time.Now()
	var gone []int
	m := New(Config[int, string]{TTL: time.Minute, Removed: func(key int, _ string) { gone = append(gone, key) }})
	for key := range 4 {
		m.Put(key, "a", now)
	}
	m.Put(3, "b", now.Add(time.Second))
	m.Delete(0)
	m.Delete(0)
	m.Take(1, now)
	m.Len(now.Add(time.Minute))
	if want := []int{0, 1, 2}; !slices.Equal(gone, want) {
		t.Errorf("gone are %v, want %v", gone, want)
	}
}
