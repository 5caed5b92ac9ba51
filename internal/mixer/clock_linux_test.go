package mixer

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestShardsAreNoRealTimeThreads asks for what raisePriority's comment says: the
// collector must always get to run. Threads that a shard's starts are ordinary.
func TestShardsAreNoRealTimeThreads(t *testing.T) {
	type outcome struct {
		said string
		attr *unix.SchedAttr
		err  error
	}
	result := make(chan outcome)
	go func() {
		runtime.LockOSThread() // never unlocked: its priority must die with it
		said := raisePriority()
		attr, err := unix.SchedGetAttr(0, 0)
		result <- outcome{said, attr, err}
	}()
	got := <-result
	if got.err != nil {
		t.Fatal(got.err)
	}
	if got.attr.Policy != unix.SCHED_NORMAL {
		t.Errorf("scheduling policy %d", got.attr.Policy)
	}
	if raised := got.attr.Nice == -10 && got.attr.Flags&unix.SCHED_FLAG_RESET_ON_FORK != 0; raised != (got.said == "nice") {
		t.Errorf("%q, %+v", got.said, *got.attr)
	}
}

// TestShardsHaveExactTimers whatever slack the thread had that started theirs.
func TestShardsHaveExactTimers(t *testing.T) {
	slack := make(chan int)
	go func() {
		runtime.LockOSThread() // never unlocked: the slack must die with it
		if err := unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(5*time.Millisecond), 0, 0, 0); err != nil {
			t.Error(err)
		}
		beExact()
		now, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
		if err != nil {
			t.Error(err)
		}
		slack <- now
	}()
	if got := time.Duration(<-slack); got != exactSlack {
		t.Errorf("timers may be late by %v", got)
	}
}
