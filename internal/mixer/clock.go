package mixer

import "time"

// clock is what a shard sleeps by. Times count from the engine's start.
type clock interface {
	now() time.Duration
	sleepUntil(due time.Duration)
	// ownsThread says that sleeping blocks a thread, which the shard then keeps.
	ownsThread() bool
}

// goClock sleeps by Go's timers: on every system, and in testing/synctest.
type goClock struct{ start time.Time }

func (c goClock) now() time.Duration           { return time.Since(c.start) }
func (c goClock) sleepUntil(due time.Duration) { time.Sleep(due - c.now()) }
func (c goClock) ownsThread() bool             { return false }
