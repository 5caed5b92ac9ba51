package call_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
)

func TestLatchKeepsBackUntilItIsOpened(t *testing.T) {
	var latch call.Latch
	var done []int
	for i := range 3 {
		latch.Pass(func() { done = append(done, i) })
	}
	if len(done) > 0 || !latch.Shut() {
		t.Fatalf("before: %v, shut %v", done, latch.Shut())
	}
	latch.Open()
	latch.Pass(func() { done = append(done, 3) })
	if !slices.Equal(done, []int{0, 1, 2, 3}) || latch.Shut() {
		t.Errorf("afterwards: %v, shut %v", done, latch.Shut())
	}
	(*call.Latch)(nil).Pass(func() { done = nil })
	if done != nil {
		t.Error("a nil latch keeps back")
	}
}

// TestLatchKeepsTheOrder: what is given while it is being opened overtakes nothing.
func TestLatchKeepsTheOrder(t *testing.T) {
	for range 200 {
		var latch call.Latch
		var mu sync.Mutex
		var done []int
		give := func(i int) {
			latch.Pass(func() { mu.Lock(); done = append(done, i); mu.Unlock() })
		}
		give(0)
		var both sync.WaitGroup
		both.Go(func() {
			for i := range 20 {
				give(i + 1)
			}
		})
		both.Go(latch.Open)
		both.Wait()
		if len(done) != 21 || !slices.IsSorted(done) {
			t.Fatalf("the order is %v", done)
		}
	}
}
