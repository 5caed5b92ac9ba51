package sip

import (
	"net"
	"net/netip"
	"strconv"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// rawUDP reads and writes datagrams of a socket of net's by system calls that never wait
// (MSG_DONTWAIT), so they are raw ones: the runtime need not be told of each, as it is of
// calls that may block. Where there is nothing to read, or no room, net's poller waits.
type rawUDP struct {
	conn   syscall.RawConn
	v6     bool // the socket is one of IPv6, and takes IPv4 as mapped addresses
	reader rawReader
	writer rawWriter
}

// rawReader is what the only reader of a socket needs.
type rawReader struct {
	read   func(fd uintptr) bool // bound once
	idle   func()                // is called before it waits; nil: nothing is
	header unix.Msghdr
	vector unix.Iovec
	name   unix.RawSockaddrInet6 // room for either family
	n      int
	errno  syscall.Errno
}

// rawWriter is what writers need, one after the other.
type rawWriter struct {
	mu    sync.Mutex
	write func(fd uintptr) bool // bound once
	data  []byte
	name  unix.RawSockaddrInet6
	size  uintptr // of name, in bytes
	errno syscall.Errno
}

func newRawUDP(conn syscall.RawConn) *rawUDP {
	u := &rawUDP{conn: conn}
	_ = conn.Control(func(fd uintptr) {
		domain, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DOMAIN)
		u.v6 = err == nil && domain == unix.AF_INET6
	})
	r := &u.reader
	r.header.Name, r.header.Iov = (*byte)(unsafe.Pointer(&r.name)), &r.vector
	r.header.SetIovlen(1)
	r.read, u.writer.write = r.tryRead, u.writer.tryWrite
	return u
}

// receive waits for a datagram, and returns how much of data and of control it fills.
// More than data takes is lost.
func (u *rawUDP) receive(data, control []byte) (n, more int, from netip.AddrPort, err error) {
	r := &u.reader
	r.vector.Base = unsafe.SliceData(data)
	r.vector.SetLen(len(data))
	r.header.Control = unsafe.SliceData(control)
	for r.errno = unix.EINTR; r.errno == unix.EINTR; {
		r.header.Namelen = unix.SizeofSockaddrInet6
		r.header.SetControllen(len(control))
		if err := u.conn.Read(r.read); err != nil {
			return 0, 0, netip.AddrPort{}, err
		}
	}
	if r.errno != 0 {
		return 0, 0, netip.AddrPort{}, r.errno
	}
	return r.n, int(r.header.Controllen), addressOfName(&r.name), nil
}

func (r *rawReader) tryRead(fd uintptr) (done bool) {
	n, _, errno := unix.RawSyscall(unix.SYS_RECVMSG, fd, uintptr(unsafe.Pointer(&r.header)), unix.MSG_DONTWAIT)
	r.n, r.errno = int(n), errno
	if errno == unix.EAGAIN && r.idle != nil {
		r.idle()
	}
	return errno != unix.EAGAIN
}

// send writes a datagram.
func (u *rawUDP) send(data []byte, to netip.AddrPort) error {
	w := &u.writer
	w.mu.Lock()
	defer w.mu.Unlock()
	size, err := writeName(&w.name, to, u.v6)
	if err != nil {
		return err
	}
	w.size = size
	w.data = data
	defer func() { w.data = nil }()
	for w.errno = unix.EINTR; w.errno == unix.EINTR; {
		if err := u.conn.Write(w.write); err != nil {
			return err
		}
	}
	if w.errno != 0 {
		return w.errno
	}
	return nil
}

func (w *rawWriter) tryWrite(fd uintptr) (done bool) {
	_, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, fd, uintptr(unsafe.Pointer(unsafe.SliceData(w.data))), uintptr(len(w.data)),
		unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, uintptr(unsafe.Pointer(&w.name)), w.size)
	w.errno = errno
	return errno != unix.EAGAIN
}

// writeName writes where to send, and returns its size in bytes.
func writeName(name *unix.RawSockaddrInet6, to netip.AddrPort, v6 bool) (size uintptr, err error) {
	addr := to.Addr()
	port := networkPort(to.Port())
	if v6 {
		*name = unix.RawSockaddrInet6{Family: unix.AF_INET6, Port: port, Addr: addr.As16(), Scope_id: scopeOf(addr.Zone())}
		return unix.SizeofSockaddrInet6, nil
	}
	if addr = addr.Unmap(); !addr.Is4() {
		return 0, unix.EAFNOSUPPORT // an IPv6 peer of an IPv4 socket
	}
	*(*unix.RawSockaddrInet4)(unsafe.Pointer(name)) = unix.RawSockaddrInet4{Family: unix.AF_INET, Port: port, Addr: addr.As4()}
	return unix.SizeofSockaddrInet4, nil
}

// scopeOf is the number of an interface. A zone is that number, as receive writes it, or the
// interface's name, as people do.
func scopeOf(zone string) uint32 {
	if zone == "" {
		return 0
	}
	if scope, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(scope)
	}
	named, err := net.InterfaceByName(zone)
	if err != nil {
		return 0 // the kernel refuses an address of a link without a number
	}
	return uint32(named.Index)
}

func addressOfName(name *unix.RawSockaddrInet6) netip.AddrPort {
	if name.Family != unix.AF_INET6 {
		four := (*unix.RawSockaddrInet4)(unsafe.Pointer(name))
		return netip.AddrPortFrom(netip.AddrFrom4(four.Addr), networkPort(four.Port))
	}
	addr := netip.AddrFrom16(name.Addr).Unmap()
	if name.Scope_id != 0 && addr.Is6() {
		addr = addr.WithZone(strconv.FormatUint(uint64(name.Scope_id), 10))
	}
	return netip.AddrPortFrom(addr, networkPort(name.Port))
}

// networkPort turns a port into network order and back.
func networkPort(port uint16) uint16 {
	b := (*[2]byte)(unsafe.Pointer(&port))
	return uint16(b[0])<<8 | uint16(b[1])
}
