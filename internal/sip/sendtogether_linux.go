package sip

import (
	"bytes"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// mostTogether is how many datagrams wait to be sent at most.
	mostTogether = 16
	// longestTogether is the longest of them, in bytes: the room of each is kept.
	longestTogether = 4 << 10
	// mostRefusals is how often one of them is tried again where the kernel tells an error of another one.
	mostRefusals = 8
	// mostRead is how many datagrams are read at most while one waits: of a flood, few are answered.
	mostRead = 64
)

// together are responses that are sent by one system call, sendmmsg(2), while there is much to read: a datagram that
// is sent alone wakes its receiver, and where that sleeps on another processor, this takes most of the time of
// sending (docs/performance.md). The reader of the socket sends what waits before it waits itself, and at every 64th datagram.
//
//	idle ──the reader has read a datagram──> busy ──nothing is there to read──> idle
//
// While it is idle, nothing waits.
type together struct {
	raw  syscall.RawConn
	v6   bool
	busy atomic.Bool // changed under mu
	read int         // datagrams since the reader has sent what waited; its alone

	mu          sync.Mutex
	count, sent int
	messages    [mostTogether]mmsghdr
	vectors     [mostTogether]unix.Iovec
	names       [mostTogether]unix.RawSockaddrInet6
	data        [mostTogether][]byte
	send        func(fd uintptr) // bound once
	errno       syscall.Errno
}

// mmsghdr is struct mmsghdr of sendmmsg(2).
type mmsghdr struct {
	header unix.Msghdr
	sent   uint32 // bytes
}

func newTogether(raw syscall.RawConn, v6 bool) *together {
	t := &together{raw: raw, v6: v6}
	for i := range t.messages {
		header := &t.messages[i].header
		header.Name, header.Iov = (*byte)(unsafe.Pointer(&t.names[i])), &t.vectors[i]
		header.SetIovlen(1)
	}
	t.send = t.trySend
	return t
}

// noteRead notes that a datagram was read, and sends what has waited while many were. The reader alone calls it.
// refused says that the kernel has told an error of a datagram.
func (t *together) noteRead() (refused bool) {
	if t.read++; t.busy.Load() && t.read < mostRead {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.busy.Store(true)
	t.read = 0
	return t.flush()
}

// end sends what waits: there is nothing to read, or the socket closes.
func (t *together) end() (refused bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.busy.Store(false)
	return t.flush()
}

// take takes a datagram that may wait. One that does not is to be sent at once, which overtakes none.
func (t *together) take(data []byte, to netip.AddrPort) (taken, refused bool) {
	if !t.busy.Load() {
		return false, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if taken = t.busy.Load() && len(data) <= longestTogether && bytes.HasPrefix(data, []byte("SIP/2.0 ")) && t.put(data, to); taken && t.count < mostTogether {
		return true, false
	}
	return taken, t.flush()
}

// put adds a datagram; false: the socket has no such addresses.
func (t *together) put(data []byte, to netip.AddrPort) bool {
	at := t.count
	size, err := writeName(&t.names[at], to, t.v6)
	if err != nil {
		return false
	}
	t.data[at] = append(t.data[at][:0], data...)
	t.vectors[at].Base = unsafe.SliceData(t.data[at])
	t.vectors[at].SetLen(len(data))
	t.messages[at].header.Namelen = uint32(size)
	t.count++
	return true
}

// flush sends what waits. One that cannot be sent holds up no other.
func (t *together) flush() (refused bool) {
	for failures := 0; t.sent < t.count && t.raw.Control(t.send) == nil; {
		switch {
		case t.errno == 0:
			failures = 0
		case t.errno == unix.EINTR:
		case t.errno == unix.EAGAIN: // there is no room: who waits for a response asks again
			t.sent = t.count
		case isPending(t.errno) && failures < mostRefusals: // perhaps of another datagram
			failures++
			refused = true
		default:
			t.sent, failures = t.sent+1, 0
		}
	}
	t.count, t.sent = 0, 0
	return refused
}

// trySend sends what the socket has room for, from the first that was not sent on.
func (t *together) trySend(fd uintptr) {
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDMMSG, fd, uintptr(unsafe.Pointer(&t.messages[t.sent])), uintptr(t.count-t.sent),
		unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
	if t.errno = errno; errno == 0 {
		t.sent += int(n)
	}
}
