package sip

import (
	"errors"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mostTogether is how many datagrams wait to be sent at most.
const mostTogether = 16

// together are datagrams that are sent by one system call, sendmmsg(2). Each that is sent alone wakes its receiver:
// where that sleeps on another processor, this takes most of the time of sending (docs/performance.md). The reader
// of the socket alone uses it.
type together struct {
	count    int
	messages [mostTogether]mmsghdr
	vectors  [mostTogether]unix.Iovec
	names    [mostTogether]unix.RawSockaddrInet6
	send     func(fd uintptr) // bound once
	sent     int
	errno    syscall.Errno
}

// mmsghdr is struct mmsghdr of sendmmsg(2).
type mmsghdr struct {
	header unix.Msghdr
	sent   uint32 // bytes
}

func newTogether() *together {
	t := &together{}
	for i := range t.messages {
		header := &t.messages[i].header
		header.Name, header.Iov = (*byte)(unsafe.Pointer(&t.names[i])), &t.vectors[i]
		header.SetIovlen(1)
	}
	t.send = t.trySend
	return t
}

// put adds a datagram, whose data must not be changed until it is sent.
func (t *together) put(data []byte, to netip.AddrPort, v6 bool) error {
	size, err := writeName(&t.names[t.count], to, v6)
	if err != nil {
		return err
	}
	t.vectors[t.count].Base = unsafe.SliceData(data)
	t.vectors[t.count].SetLen(len(data))
	t.messages[t.count].header.Namelen = uint32(size)
	t.count++
	return nil
}

// trySend sends what the socket has room for, from the first that was not sent on.
func (t *together) trySend(fd uintptr) {
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDMMSG, fd, uintptr(unsafe.Pointer(&t.messages[t.sent])), uintptr(t.count-t.sent),
		unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
	if t.errno = errno; errno == 0 {
		t.sent += int(n)
	}
}

// SendLater sends a datagram together with others: when many wait, or when nothing is there to read. The reader
// of the socket alone may call it. What cannot be sent is lost, as datagrams may be.
func (s *icmpSocket) SendLater(data []byte, to netip.AddrPort) {
	if s.later.put(data, to, s.calls.v6) == nil && s.later.count == mostTogether {
		s.sendWaiting()
	}
}

// sendWaiting sends what waits. One that cannot be sent holds up no other.
func (s *icmpSocket) sendWaiting() {
	t := s.later
	for pending := 0; t.sent < t.count; {
		if s.raw.Control(t.send) != nil {
			break
		}
		switch {
		case t.errno == 0 || t.errno == unix.EINTR:
		case t.errno == unix.EAGAIN: // there is no room: who waits for an answer asks again
			t.sent = t.count
		case isPending(t.errno) && pending < maxICMPErrors && (s.readErrors() > 0 || errors.Is(t.errno, unix.ECONNREFUSED)):
			pending++ // it was about another datagram
		default:
			t.sent++
		}
	}
	clear(t.vectors[:t.count])
	t.count, t.sent = 0, 0
}
