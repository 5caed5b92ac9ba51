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

const wantedNice = -10

func trySchedule() finding {
	if unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), wantedNice) == nil {
		return finding{state: stateOK, what: "scheduling: nice -10 is permitted"}
	}
	name, err := os.Executable()
	if err != nil {
		name = "switchhook"
	}
	return finding{stateNote, "scheduling: nice -10 is not permitted; sound may stutter on a saturated machine",
		"sudo setcap cap_sys_nice+ep " + quote(name) + "   (systemd: LimitNICE=-10)"}
}
