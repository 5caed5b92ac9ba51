//go:build linux || darwin || freebsd || netbsd || openbsd

package httpclient

import "syscall"

// canPeek: idle connections can be looked at.
const canPeek = true

// look peeks at a socket, without allocations.
type look struct {
	raw   syscall.RawConn
	peek  func(fd uintptr) bool
	err   error
	first [1]byte
}

func newLook(raw syscall.RawConn) *look {
	l := &look{raw: raw}
	l.peek = func(fd uintptr) bool {
		_, _, l.err = syscall.Recvfrom(int(fd), l.first[:], syscall.MSG_PEEK) // the socket does not block
		return true
	}
	return l
}

// isEmpty reports whether nothing can be read, not even the end.
func (l *look) isEmpty() bool {
	return l.raw.Read(l.peek) == nil && l.err == syscall.EAGAIN
}
