package delivery

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// unacknowledged is how long what was sent may be unacknowledged (RFC 5482): a host
// that is gone must not look like an application that does not answer.
const unacknowledged = 20 * time.Second

// limitUnacknowledged lets a connection fail when its host is gone. A system that
// does not know the option takes longer to notice.
func limitUnacknowledged(socket syscall.RawConn) error {
	return socket.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(unacknowledged.Milliseconds()))
	})
}
