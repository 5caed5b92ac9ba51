//go:build darwin || freebsd || netbsd || openbsd

package httpclient

import "syscall"

// peekSocket reads without taking. The socket does not block.
func peekSocket(fd uintptr, into []byte) error {
	_, _, err := syscall.Recvfrom(int(fd), into, syscall.MSG_PEEK)
	return err
}

func readSocket(fd uintptr, into []byte) (int, error) { return syscall.Read(int(fd), into) }

func writeSocket(fd uintptr, data []byte) (int, error) { return syscall.Write(int(fd), data) }
