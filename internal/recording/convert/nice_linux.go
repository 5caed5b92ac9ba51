package convert

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// maxMemory bounds the address space of a child, in bytes.
const maxMemory = 2 << 30

// lowest is the priority of the child: calls go first (setpriority(2)).
const lowest = 19

// killedFirst is what the kernel adds to the badness of a child where memory is lacking, so that it ends
// a recording's conversion, which is tried again, and not the server with its calls, which is larger (proc(5)).
const killedFirst = "1000"

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

// startNice starts a child with the lowest priority and bounded memory, which goes first where memory is lacking. A child has the
// priority of the thread that starts it.
func startNice(child *exec.Cmd) error {
	var err error
	Lowly(func() { err = child.Start() })
	if err != nil {
		return err
	}
	limit := unix.Rlimit{Cur: maxMemory, Max: maxMemory}
	_ = unix.Prlimit(child.Process.Pid, unix.RLIMIT_AS, &limit, nil) // it may have ended already
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/oom_score_adj", child.Process.Pid), []byte(killedFirst), 0)
	return nil
}
