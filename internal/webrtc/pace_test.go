package webrtc

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestOfManyChangesTheLastIsTold asks that a change is told at once, and of many the last.
func TestOfManyChangesTheLastIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var p pace
		value, told, times := 0, 0, 0
		change := func() {
			mu.Lock()
			defer mu.Unlock()
			value++
			p.tell(&mu, func() { told, times = value, times+1 })
		}
		change()
		if told != 1 {
			t.Error("the first change is not told at once")
		}
		for range 1000 {
			change()
			time.Sleep(time.Millisecond)
		}
		time.Sleep(tellEvery)
		mu.Lock()
		if told != 1001 || times > 7 {
			t.Errorf("of 1,001 changes in a second, %d were told, the last of them %d", times, told)
		}
		mu.Unlock()
		change()
		change()
		mu.Lock()
		p.stop()
		mu.Unlock()
		before := times
		time.Sleep(2 * tellEvery)
		if times != before {
			t.Error("what is stopped is told")
		}
	})
}
