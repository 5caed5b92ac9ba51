package mixer

import (
	"time"

	"golang.org/x/sys/unix"
)

// kernelClock sleeps until absolute deadlines of the kernel's monotonic clock,
// which is also the one behind time.Since. The system call is an ordinary one:
// a raw one would make the garbage collector wait for the sleeper.
type kernelClock struct {
	start time.Time
	base  int64 // start on the kernel's clock, ns
}

func newClock(goTimers bool) clock {
	var now unix.Timespec
	start := time.Now()
	if goTimers || unix.ClockGettime(unix.CLOCK_MONOTONIC, &now) != nil {
		return goClock{start}
	}
	return kernelClock{start: start, base: now.Nano()}
}

func (c kernelClock) now() time.Duration { return time.Since(c.start) }

func (c kernelClock) sleepUntil(due time.Duration) {
	deadline := unix.NsecToTimespec(c.base + int64(due))
	for unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &deadline, nil) == unix.EINTR {
	}
}

func (c kernelClock) ownsThread() bool { return true }

// raisePriority asks for the processor before other threads, by nice -10, and
// says whether that was granted. It concerns the calling thread only.
//
// It is no real-time priority: Go's runtime waits in a loop of yields while the
// collector looks at the goroutine's stack, and a real-time thread yields to
// nobody. Where the collector's thread has to share its processor, the loop ends
// only when the kernel intervenes, after 950 ms (docs/decisions/0010).
func raisePriority() string {
	attr := unix.SchedAttr{
		Size:   unix.SizeofSchedAttr,
		Policy: unix.SCHED_NORMAL,
		Flags:  unix.SCHED_FLAG_RESET_ON_FORK, // threads that this one starts are ordinary
		Nice:   -10,
	}
	if unix.SchedSetAttr(0, &attr, 0) == nil {
		return "nice"
	}
	return "normal"
}

// exactSlack is by how much the timers of a shard's thread may be late, where the
// program lets those of others be late by more (cmd/switchhook/timers_linux.go).
const exactSlack = 50 * time.Microsecond

// beExact makes the timers of the calling thread exact.
func beExact() { _ = unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(exactSlack), 0, 0, 0) }
