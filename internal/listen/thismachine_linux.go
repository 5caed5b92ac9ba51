package listen

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// overLoopback is a program of the kernel's (BPF) that takes what came in over the loopback
// device, and drops the rest. What a machine sends to any of its own addresses comes in over
// that device, and nothing of others does, whatever source it claims.
var overLoopback = []unix.SockFilter{
	{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: deviceType},
	{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.ARPHRD_LOOPBACK, Jf: 1},
	{Code: unix.BPF_RET | unix.BPF_K, K: 1<<32 - 1}, // the whole packet
	{Code: unix.BPF_RET | unix.BPF_K, K: 0},
}

// deviceType is where a program reads the type of the device (SKF_AD_OFF + SKF_AD_HATYPE of
// linux/filter.h).
const deviceType = 1<<32 - 0x1000 + 28

// onlyThisMachine is a Control of net.ListenConfig: the socket gets packets and connections of
// this machine alone, from its first one on.
func onlyThisMachine(_, _ string, socket syscall.RawConn) error {
	var attached error
	program := unix.SockFprog{Len: uint16(len(overLoopback)), Filter: &overLoopback[0]}
	if err := socket.Control(func(fd uintptr) {
		attached = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program)
	}); err != nil {
		return err
	}
	if attached != nil {
		return fmt.Errorf("%w: %w", errNoFilter, attached)
	}
	return nil
}
