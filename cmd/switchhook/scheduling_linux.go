package main

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// scheduling tries what the threads that mix sound do: take the processor
// before others. It tries on a thread that ends with the attempt.
func scheduling() finding {
	result := make(chan finding)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread goes with the goroutine
		result <- trySchedule()
	}()
	return <-result
}

const (
	policyRoundRobin = 2 // SCHED_RR, linux/sched.h
	wantedNice       = -10
)

func trySchedule() finding {
	realtime := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: policyRoundRobin, Priority: 1}
	if unix.SchedSetAttr(0, &realtime, 0) == nil {
		return finding{state: stateOK, what: "scheduling: real time (SCHED_RR) is permitted"}
	}
	if unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), wantedNice) == nil {
		return finding{state: stateOK, what: "scheduling: nice -10 is permitted; real time is not"}
	}
	name, err := os.Executable()
	if err != nil {
		name = "switchhook"
	}
	return finding{stateNote, "scheduling: neither real time nor nice -10 is permitted; sound may stutter on a saturated machine",
		"sudo setcap cap_sys_nice+ep " + quote(name) + "   (systemd: LimitRTPRIO=1)"}
}
