//go:build unix

package main

import (
	"syscall"
	"time"
)

// spent is the processor time that this process has taken: the application and the
// phones, without sipp.
func spent() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
