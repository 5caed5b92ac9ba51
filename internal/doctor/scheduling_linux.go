package doctor

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Scheduling tries what the threads that mix sound do: take the processor
// before others. It tries on a thread that ends with the attempt.
func Scheduling() Finding {
	result := make(chan Finding)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread goes with the goroutine
		result <- trySchedule()
	}()
	return <-result
}

const wantedNice = -10

func trySchedule() Finding {
	if unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), wantedNice) == nil {
		return Finding{State: OK, What: "scheduling: nice -10 is permitted"}
	}
	name, err := os.Executable()
	if err != nil {
		name = "switchhook"
	}
	return Finding{Note, "scheduling: nice -10 is not permitted; sound may stutter on a saturated machine",
		"sudo setcap cap_sys_nice+ep " + Quote(name) + "   (systemd: LimitNICE=-10; Docker: --ulimit nice=30)"}
}
