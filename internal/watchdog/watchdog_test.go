package watchdog

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestWorkThatStandsStillIsEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var moved, endedAfter atomic.Int64
		began := time.Now()
		stop := Watch(time.Minute, &moved, func() { endedAfter.Store(int64(time.Since(began))) })
		for range 60 { // an hour
			time.Sleep(59 * time.Second)
			moved.Add(1)
			time.Sleep(time.Second)
		}
		if ended := time.Duration(endedAfter.Load()); ended != 0 {
			t.Errorf("work that moves was ended after %v", ended)
		}
		time.Sleep(time.Hour)
		if ended := time.Duration(endedAfter.Load()); ended < time.Hour+time.Minute || ended > time.Hour+2*time.Minute {
			t.Errorf("work that has stood still since the first hour was ended after %v", ended)
		}
		stop()
	})
}

// TestWatchingEndsWithTheWork: the bubble of synctest would not end with a goroutine left.
func TestWatchingEndsWithTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := Watch(time.Minute, new(atomic.Int64), func() { t.Error("work that was over was ended") })
		time.Sleep(time.Second)
		stop()
		time.Sleep(time.Hour)
	})
}
