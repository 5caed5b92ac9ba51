package datadir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// lockSoon waits up to 2 s for a command that holds the lock for a moment, as Running
// does, on a machine that is busy as well. A server holds it for longer than that.
func lockSoon(lock *os.File) error {
	err := tryLock(lock)
	for tries := 0; tries < 200 && errors.Is(err, errLocked); tries++ {
		time.Sleep(10 * time.Millisecond)
		err = tryLock(lock)
	}
	return err
}

// InUseError says that another process holds a data directory.
type InUseError struct {
	Dir string
	PID int // 0 if unknown
}

// Error names the process and what can be done.
func (e *InUseError) Error() string {
	who := "another switchhook"
	if e.PID != 0 {
		who = fmt.Sprintf("switchhook with process id %d", e.PID)
	}
	return fmt.Sprintf("the data directory %s is in use by %s: stop that process, or choose another directory with --data", e.Dir, who)
}

// Running reports whether a process has locked the directory, and its process id
// if that is known.
func Running(dir string) (pid int, running bool, err error) {
	lock, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("data directory: %w", err)
	}
	defer lock.Close()
	switch err := tryLock(lock); {
	case errors.Is(err, errLocked):
		return readPID(dir), true, nil
	case err != nil:
		return 0, false, fmt.Errorf("lock the data directory %s: %w", dir, err)
	}
	return 0, false, nil
}

// readPID returns the process id that a server left, or 0.
func readPID(dir string) int {
	text, err := os.ReadFile(filepath.Join(dir, PIDFile))
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return pid
}
