package convert

import (
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// maxMemory bounds the address space of a child, in bytes.
const maxMemory = 2 << 30

// lowest is the priority of the child: calls go first (setpriority(2)).
const lowest = 19

// Lowly does something with the lowest priority. The thread could not rise again, so it
// ends with its goroutine, which never unlocks it.
func Lowly(do func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), lowest)
		do()
	}()
	<-done
}

// startNice starts a child with the lowest priority and bounded memory. A child has the
// priority of the thread that starts it.
func startNice(child *exec.Cmd) error {
	var err error
	Lowly(func() { err = child.Start() })
	if err != nil {
		return err
	}
	limit := unix.Rlimit{Cur: maxMemory, Max: maxMemory}
	_ = unix.Prlimit(child.Process.Pid, unix.RLIMIT_AS, &limit, nil) // it may have ended already
	return nil
}
