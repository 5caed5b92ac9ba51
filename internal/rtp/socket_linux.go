//go:build linux && !portable

package rtp

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// socket is a UDP socket that Go's network poller does not know: the shard looks
// at it every tick anyway, and waking a goroutine for each packet would cost more
// than the packet. Its system calls never wait, so they are raw ones.
type socket struct {
	fd int
	v6 bool
	to unix.RawSockaddrInet6 // room for either family
}

// batchSize is how many packets one system call takes. Two or more at once are
// rare; a full batch means that there may be more.
const batchSize = 4

// batch is what one look at a socket found.
type batch struct {
	data     [batchSize][maxPacket]byte
	size     [batchSize]int // -1: longer than maxPacket
	from     [batchSize]netip.AddrPort
	at       [batchSize]int64 // when it reached this machine: Unix time in ns
	messages [batchSize]message
	vectors  [batchSize]unix.Iovec
	names    [batchSize]unix.RawSockaddrInet6
	stamps   [batchSize]stamp
}

// stamp is the control message that says when the kernel got a packet.
type stamp struct {
	header unix.Cmsghdr
	time   unix.Timespec
}

// message is the kernel's struct mmsghdr.
type message struct {
	header unix.Msghdr
	size   uint32
}

func newBatch() *batch {
	b := &batch{}
	for i := range b.messages {
		b.vectors[i].Base = &b.data[i][0]
		b.vectors[i].SetLen(maxPacket)
		b.messages[i].header.Name = (*byte)(unsafe.Pointer(&b.names[i]))
		b.messages[i].header.Iov = &b.vectors[i]
		b.messages[i].header.SetIovlen(1)
		b.messages[i].header.Control = (*byte)(unsafe.Pointer(&b.stamps[i]))
	}
	return b
}

// listen binds a socket. taken says that somebody else has the port.
func listen(local netip.AddrPort) (s *socket, taken bool, err error) {
	s = &socket{v6: local.Addr().Is6()}
	family := unix.AF_INET
	if s.v6 {
		family = unix.AF_INET6
	}
	s.fd, err = unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, false, os.NewSyscallError("socket", err)
	}
	var address unix.Sockaddr
	if s.v6 {
		address = &unix.SockaddrInet6{Port: int(local.Port()), Addr: local.Addr().As16()}
	} else {
		address = &unix.SockaddrInet4{Port: int(local.Port()), Addr: local.Addr().As4()}
	}
	if err = unix.Bind(s.fd, address); err != nil {
		_ = unix.Close(s.fd)
		return nil, errors.Is(err, unix.EADDRINUSE), fmt.Errorf("bind %s: %w", local, err)
	}
	s.markExpedited()
	// Packets wait up to a tick for us, reports longer: their times must not.
	_ = unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	return s, false, nil
}

// markExpedited asks routers for low delay (RFC 4594: telephony is EF). Where
// that is not permitted the sound travels like anything else.
func (s *socket) markExpedited() {
	const expedited = 46 << 2
	if s.v6 {
		_ = unix.SetsockoptInt(s.fd, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, expedited)
	}
	_ = unix.SetsockoptInt(s.fd, unix.IPPROTO_IP, unix.IP_TOS, expedited)
}

// receive takes what has arrived, at most batchSize packets.
func (s *socket) receive(b *batch) int {
	for i := range b.messages {
		b.messages[i].header.Namelen = unix.SizeofSockaddrInet6
		b.messages[i].header.SetControllen(int(unsafe.Sizeof(stamp{})))
	}
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVMMSG, uintptr(s.fd),
		uintptr(unsafe.Pointer(&b.messages[0])), batchSize, unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0 // nothing there, or an ICMP error of something sent earlier
	}
	for i := range int(n) {
		b.size[i] = int(b.messages[i].size)
		if b.messages[i].header.Flags&unix.MSG_TRUNC != 0 {
			b.size[i] = -1
		}
		b.from[i] = addressOf(&b.names[i])
		b.at[i] = b.stamps[i].unixNano(b.messages[i].header.Controllen > 0)
	}
	return int(n)
}

func (s *stamp) unixNano(filled bool) int64 {
	if !filled || s.header.Level != unix.SOL_SOCKET || s.header.Type != unix.SO_TIMESTAMPNS {
		return time.Now().UnixNano()
	}
	return s.time.Nano()
}

func addressOf(name *unix.RawSockaddrInet6) netip.AddrPort {
	if name.Family == unix.AF_INET6 {
		return netip.AddrPortFrom(netip.AddrFrom16(name.Addr).Unmap(), swapped(name.Port))
	}
	four := (*unix.RawSockaddrInet4)(unsafe.Pointer(name))
	return netip.AddrPortFrom(netip.AddrFrom4(four.Addr), swapped(four.Port))
}

// send sends a packet; a full send buffer loses it, as a network may.
func (s *socket) send(packet []byte, to netip.AddrPort) error {
	var size uintptr
	switch {
	case s.v6:
		s.to = unix.RawSockaddrInet6{Family: unix.AF_INET6, Port: swapped(to.Port()), Addr: to.Addr().As16()}
		size = unix.SizeofSockaddrInet6
	case to.Addr().Is4():
		four := (*unix.RawSockaddrInet4)(unsafe.Pointer(&s.to))
		*four = unix.RawSockaddrInet4{Family: unix.AF_INET, Port: swapped(to.Port()), Addr: to.Addr().As4()}
		size = unix.SizeofSockaddrInet4
	default:
		return unix.EAFNOSUPPORT // an IPv6 peer of an IPv4 socket
	}
	_, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(s.fd),
		uintptr(unsafe.Pointer(unsafe.SliceData(packet))), uintptr(len(packet)),
		unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, uintptr(unsafe.Pointer(&s.to)), size)
	if errno != 0 {
		return errno
	}
	return nil
}

func (s *socket) close() error { return os.NewSyscallError("close", unix.Close(s.fd)) }

var littleEndian = func() bool { one := uint16(1); return *(*byte)(unsafe.Pointer(&one)) == 1 }()

// swapped turns a port into network order and back.
func swapped(port uint16) uint16 {
	if littleEndian {
		return port<<8 | port>>8
	}
	return port
}
