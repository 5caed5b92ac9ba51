package main

import (
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// usualSlack is by how much Linux lets a thread's timers be late, unless somebody
	// chooses.
	usualSlack = 50 * time.Microsecond
	// coarseSlack is what is enough for all threads but those that mix sound.
	coarseSlack = time.Millisecond
	// coarseMark is in the environment of a program that begins again for this.
	coarseMark = "SWITCHHOOK_COARSE_TIMERS"
)

// coarsenTimers lets the timers of this program's threads be late by a millisecond. The
// runtime's monitor polls in steps of 20 µs as soon as anything happens, and would
// take 4 % of a processor for that, however few calls there are
// (docs/decisions/0017). Threads have the slack of who started them, and programs that of
// the thread that executed them (prctl(2)): since the monitor is older than main, the
// program executes itself again, once. Where somebody has chosen a slack, or this does not
// work, all stays as it is.
func coarsenTimers() {
	if os.Getenv(coarseMark) != "" {
		os.Unsetenv(coarseMark)
		return
	}
	program, err := os.Executable()
	if err != nil {
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	slack, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	if err != nil || time.Duration(slack) != usualSlack {
		return
	}
	if unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(coarseSlack), 0, 0, 0) != nil {
		return
	}
	_ = syscall.Exec(program, os.Args, append(os.Environ(), coarseMark+"=done")) // returns only if it failed
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(usualSlack), 0, 0, 0)
}
