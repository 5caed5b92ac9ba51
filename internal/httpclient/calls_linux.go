package httpclient

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// These calls on a socket never wait, so they are raw ones: the runtime need not be told of
// each, as it is of calls that may block.

// peekSocket reads without taking.
func peekSocket(fd uintptr, into []byte) error {
	_, err := socketCall(unix.SYS_RECVFROM, fd, into, unix.MSG_DONTWAIT|unix.MSG_PEEK)
	return err
}

func readSocket(fd uintptr, into []byte) (int, error) {
	return socketCall(unix.SYS_RECVFROM, fd, into, unix.MSG_DONTWAIT)
}

func writeSocket(fd uintptr, data []byte) (int, error) {
	return socketCall(unix.SYS_SENDTO, fd, data, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
}

func socketCall(call, fd uintptr, data []byte, flags uintptr) (int, error) {
	n, _, errno := unix.RawSyscall6(call, fd, uintptr(unsafe.Pointer(unsafe.SliceData(data))), uintptr(len(data)), flags, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
