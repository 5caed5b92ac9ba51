package sip

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestThingsTakeTheirTurn asks that nothing overtakes what has to wait, that who asks does
// not wait, and that things are done at once again when nothing waits.
func TestThingsTakeTheirTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var turn inTurn
		var work sync.WaitGroup
		var mu sync.Mutex
		var done []int
		do := func(n int, wait time.Duration) {
			turn.do(&work, wait > 0, func() {
				time.Sleep(wait)
				mu.Lock()
				done = append(done, n)
				mu.Unlock()
			})
		}
		wants := func(when string, want ...int) {
			t.Helper()
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(done, want) {
				t.Errorf("%s: %v are done, want %v", when, done, want)
			}
		}
		began := time.Now()
		do(1, 0)
		do(2, time.Second)
		do(3, 0)
		do(4, time.Minute)
		do(5, 0)
		if time.Since(began) > 0 {
			t.Error("who asks waits")
		}
		wants("at once", 1)
		time.Sleep(2 * time.Second)
		wants("after the second", 1, 2, 3)
		work.Wait()
		do(6, 0)
		wants("at the end", 1, 2, 3, 4, 5, 6)
	})
}
