//go:build !unix

package main

import (
	"errors"
	"os"
)

// stop is a matter of signals.
func stop(*os.Process) (goOn func() error, err error) {
	return nil, errors.New("this system cannot stop a process for a while: leave the stall run out")
}
