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

// raisePriority asks for the processor before other threads: round-robin real
// time at the lowest level, else nice -10, as the system permits. It concerns
// the calling thread only and says what was granted.
func raisePriority() string {
	const lowest = 1
	attr := unix.SchedAttr{
		Size:     unix.SizeofSchedAttr,
		Policy:   unix.SCHED_RR,
		Flags:    unix.SCHED_FLAG_RESET_ON_FORK, // threads that this one starts are ordinary
		Priority: lowest,
	}
	if unix.SchedSetAttr(0, &attr, 0) == nil {
		return "round-robin"
	}
	if unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), -10) == nil {
		return "nice"
	}
	return "normal"
}
