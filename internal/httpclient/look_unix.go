//go:build linux || darwin || freebsd || netbsd || openbsd

package httpclient

import "syscall"

// canPeek: idle connections can be looked at.
const canPeek = true

// look peeks at a socket, and makes a whole request on it, without allocations. The
// socket does not block.
type look struct {
	raw   syscall.RawConn
	peek  func(fd uintptr) bool
	err   error
	first [1]byte

	pass    func(fd uintptr) bool
	request []byte // what is still to be written
	into    []byte
	step    step
	n       int
}

// step is what a request in one pass needs next.
type step int

const (
	mustBeSilent step = iota
	mustWrite
	mustRead
)

func newLook(raw syscall.RawConn) *look {
	l := &look{raw: raw}
	l.peek = func(fd uintptr) bool {
		l.err = peekSocket(fd, l.first[:])
		return true
	}
	l.pass = l.next
	return l
}

// isEmpty reports whether nothing can be read, not even the end.
func (l *look) isEmpty() bool {
	return l.raw.Read(l.peek) == nil && l.err == syscall.EAGAIN
}

// ask writes a request and reads the beginning of the response in one pass: it waits for the
// response at once, without an attempt to read what cannot be there yet. The poller's
// readiness is reset before the request is written, so that none is missed. Where one write
// is not enough, ask returns what is left of the request, and has read nothing. Where the
// server has said something on a kept connection, it has written nothing: errSpoke.
func (l *look) ask(request, into []byte, kept bool) (n int, rest []byte, err error) {
	l.request, l.into, l.n, l.err, l.step = request, into, 0, nil, mustWrite
	if kept {
		l.step = mustBeSilent
	}
	if err := l.raw.Read(l.pass); err != nil {
		l.err = err
	}
	n, rest, err = l.n, l.request, l.err
	l.request, l.into = nil, nil
	return n, rest, err
}

// next takes the steps that can be taken now. It returns false where there is nothing
// to read yet.
func (l *look) next(fd uintptr) (done bool) {
	if l.step == mustBeSilent {
		if l.peek(fd); l.err != syscall.EAGAIN {
			l.err = errSpoke
			return true
		}
		l.step, l.err = mustWrite, nil
	}
	if l.step == mustWrite {
		n, _ := writeSocket(fd, l.request) // an error comes again where the rest is written
		l.request, l.step = l.request[max(n, 0):], mustRead
		return len(l.request) > 0
	}
	for {
		n, err := readSocket(fd, l.into)
		switch err {
		case syscall.EINTR:
			continue
		case syscall.EAGAIN:
			return false
		}
		l.n, l.err = max(n, 0), err
		return true
	}
}
