package call_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
)

func TestBarrierKeepsBackUntilTheRequestsBeforeAreAnswered(t *testing.T) {
	var barrier call.Barrier
	var done []int
	pass := func(i int) { barrier.Pass(func() { done = append(done, i) }) }
	is := func(when string, shut bool, want ...int) {
		t.Helper()
		if !slices.Equal(done, want) || barrier.Shut() != shut {
			t.Errorf("%s: %v, shut %t; want %v, shut %t", when, done, barrier.Shut(), want, shut)
		}
	}
	pass(0)
	is("nothing is awaited", false, 0)
	first := barrier.Await()
	pass(1)
	second := barrier.Await()
	pass(2)
	third := barrier.Await()
	is("three answers are awaited", true, 0)
	second()
	is("the second is given, and not the first", true, 0)
	first()
	is("the first is given too", true, 0, 1, 2)
	pass(3)
	is("the third is awaited", true, 0, 1, 2)
	third()
	is("all are given", false, 0, 1, 2, 3)
	pass(4)
	is("nothing is awaited any more", false, 0, 1, 2, 3, 4)

	none := (*call.Barrier)(nil)
	none.Await()()
	none.Pass(func() { done = nil })
	if done != nil || none.Shut() {
		t.Error("a nil barrier keeps back")
	}
}

// TestBarrierKeepsTheOrder: what is passed while requests come and are answered overtakes
// nothing, and nothing is forgotten.
func TestBarrierKeepsTheOrder(t *testing.T) {
	const given, requests = 200, 100
	for range 50 {
		var barrier call.Barrier
		var done []int
		var doing sync.Mutex // not needed: the race detector would tell if two did at once
		var all sync.WaitGroup
		all.Go(func() {
			for i := range given {
				barrier.Pass(func() {
					if !doing.TryLock() {
						t.Error("two are done at once")
						return
					}
					done = append(done, i)
					doing.Unlock()
				})
			}
		})
		for range 4 {
			all.Go(func() {
				for range requests / 4 {
					barrier.Await()()
				}
			})
		}
		all.Wait()
		if len(done) != given || !slices.IsSorted(done) || barrier.Shut() {
			t.Fatalf("%d were done; the order is %v; shut %t", len(done), done, barrier.Shut())
		}
	}
}
