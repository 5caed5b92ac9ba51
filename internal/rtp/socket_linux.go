//go:build linux && !portable

package rtp

import (
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
	fd     int
	v6     bool
	marked bool                  // by markExpedited
	room   unix.RawSockaddrInet6 // for an address of either family
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
	family := uintptr(unix.AF_INET)
	if s.v6 {
		family = unix.AF_INET6
	}
	fd, _, errno := unix.RawSyscall(unix.SYS_SOCKET, family, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if errno != 0 {
		return nil, false, os.NewSyscallError("socket", errno)
	}
	s.fd = int(fd)
	if s.v6 { // without a host, IPv4 is heard too, whatever the system's default (bindv6only) is
		s.set(unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 0)
	}
	name, size := s.address(local)
	if _, _, errno = unix.RawSyscall(unix.SYS_BIND, fd, uintptr(name), size); errno != 0 {
		_ = s.close()
		return nil, errno == unix.EADDRINUSE, fmt.Errorf("bind %s: %w", local, errno)
	}
	// Packets wait up to a tick for us, reports longer: their times must not.
	s.set(unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	return s, false, nil
}

// set sets an option, where the system permits it.
func (s *socket) set(level, option uintptr, value int32) {
	_, _, _ = unix.RawSyscall6(unix.SYS_SETSOCKOPT, uintptr(s.fd), level, option, uintptr(unsafe.Pointer(&value)), unsafe.Sizeof(value), 0)
}

// markExpedited asks routers for low delay (RFC 4594: telephony is EF). Where
// that is not permitted the sound travels like anything else. It is done when there is
// something to send: the first report goes out seconds after the socket was made, if ever.
func (s *socket) markExpedited() {
	const expedited = 46 << 2
	if s.v6 {
		s.set(unix.IPPROTO_IPV6, unix.IPV6_TCLASS, expedited)
	}
	s.set(unix.IPPROTO_IP, unix.IP_TOS, expedited)
	s.marked = true
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
	if !s.v6 && !to.Addr().Is4() {
		return unix.EAFNOSUPPORT // an IPv6 peer of an IPv4 socket
	}
	if !s.marked {
		s.markExpedited()
	}
	name, size := s.address(to)
	_, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(s.fd),
		uintptr(unsafe.Pointer(unsafe.SliceData(packet))), uintptr(len(packet)),
		unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, uintptr(name), size)
	if errno != 0 {
		return errno
	}
	return nil
}

// address is an address as the kernel reads it, and its size. It stands in the socket's room.
func (s *socket) address(of netip.AddrPort) (name unsafe.Pointer, size uintptr) {
	if s.v6 {
		s.room = unix.RawSockaddrInet6{Family: unix.AF_INET6, Port: swapped(of.Port()), Addr: of.Addr().As16()}
		return unsafe.Pointer(&s.room), unix.SizeofSockaddrInet6
	}
	four := (*unix.RawSockaddrInet4)(unsafe.Pointer(&s.room))
	*four = unix.RawSockaddrInet4{Family: unix.AF_INET, Port: swapped(of.Port()), Addr: of.Addr().As4()}
	return unsafe.Pointer(four), unix.SizeofSockaddrInet4
}

func (s *socket) close() error {
	if _, _, errno := unix.RawSyscall(unix.SYS_CLOSE, uintptr(s.fd), 0, 0); errno != 0 {
		return os.NewSyscallError("close", errno)
	}
	return nil
}

var littleEndian = func() bool { one := uint16(1); return *(*byte)(unsafe.Pointer(&one)) == 1 }()

// swapped turns a port into network order and back.
func swapped(port uint16) uint16 {
	if littleEndian {
		return port<<8 | port>>8
	}
	return port
}
