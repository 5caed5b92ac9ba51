//go:build unix

package main

import (
	"os"
	"syscall"
)

// stop lets a process stand still until goOn is called.
func stop(p *os.Process) (goOn func() error, err error) {
	return func() error { return p.Signal(syscall.SIGCONT) }, p.Signal(syscall.SIGSTOP)
}
