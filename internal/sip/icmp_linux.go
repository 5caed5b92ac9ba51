package sip

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// icmpSocket is a UDP socket whose ICMP errors are told with the datagram that
// they are about: the kernel's error queue, ip(7). A pending error makes the next
// call on the socket fail, whatever it is about, so such a call is repeated.
type icmpSocket struct {
	*net.UDPConn
	raw         syscall.RawConn
	calls       *rawUDP
	responses   *together
	unreachable func(to netip.AddrPort, quoted []byte)
}

// openICMP asks the kernel for the errors. It returns nil if they cannot be had.
func openICMP(conn *net.UDPConn, unreachable func(netip.AddrPort, []byte)) *icmpSocket {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil
	}
	accepted := false
	_ = raw.Control(func(fd uintptr) { // a socket of both families takes both options
		v4 := unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_RECVERR, 1)
		v6 := unix.SetsockoptInt(int(fd), unix.SOL_IPV6, unix.IPV6_RECVERR, 1)
		accepted = v4 == nil || v6 == nil
	})
	if !accepted {
		return nil
	}
	calls := newRawUDP(raw)
	s := &icmpSocket{conn, raw, calls, newTogether(raw, calls.v6), unreachable}
	calls.reader.idle = s.sendWaiting
	return s
}

// maxICMPErrors bounds what one call on the socket bears: errors that arrive as
// fast as they are read must not hold it for ever.
const maxICMPErrors = 64

// icmpErrors are what an ICMP error becomes: icmp_err_convert of Linux.
var icmpErrors = []error{unix.ECONNREFUSED, unix.EHOSTUNREACH, unix.ENETUNREACH, unix.EHOSTDOWN, unix.ENONET, unix.EMSGSIZE, unix.EOPNOTSUPP, unix.EPROTO, unix.ENOPROTOOPT, unix.EACCES}

// isPending reports an error of an earlier datagram.
func isPending(err error) bool {
	return err != nil && slices.ContainsFunc(icmpErrors, func(each error) bool { return errors.Is(err, each) })
}

// receive reads a datagram. A socket without a peer fails for ICMP errors only.
func (s *icmpSocket) receive(data, control []byte) (n, more int, from netip.AddrPort, err error) {
	for {
		n, more, from, err = s.calls.receive(data, control)
		switch {
		case err == nil:
			if s.responses.noteRead() {
				s.readErrors()
			}
			return n, more, from, nil
		case !isPending(err):
			s.sendWaiting()
			return n, more, from, err
		}
		s.readErrors()
	}
}

// sendWaiting sends the responses that wait.
func (s *icmpSocket) sendWaiting() {
	if s.responses.end() {
		s.readErrors()
	}
}

// Close sends the responses that wait, and closes the socket.
func (s *icmpSocket) Close() error {
	s.responses.end()
	return s.UDPConn.Close()
}

// WriteToUDPAddrPort sends a datagram. An error that no other datagram explains is its own. A response may
// wait while there is much to read; then there is no error.
func (s *icmpSocket) WriteToUDPAddrPort(data []byte, to netip.AddrPort) (n int, err error) {
	taken, refused := s.responses.take(data, to)
	if refused {
		s.readErrors()
	}
	if taken {
		return len(data), nil
	}
	for range maxICMPErrors {
		n, err = len(data), s.calls.send(data, to)
		if !isPending(err) || s.readErrors() == 0 && !errors.Is(err, unix.ECONNREFUSED) {
			break
		}
	}
	return n, err
}

// readErrors empties the queue of errors and returns how many there were.
func (s *icmpSocket) readErrors() (count int) {
	_ = s.raw.Control(func(fd uintptr) {
		var quoted [1024]byte
		var control [512]byte
		for count < maxICMPErrors {
			n, more, _, from, err := unix.Recvmsg(int(fd), quoted[:], control[:], unix.MSG_ERRQUEUE|unix.MSG_DONTWAIT)
			if err != nil {
				return
			}
			count++
			if isPortUnreachable(control[:more]) {
				s.unreachable(addressOfSocket(from), quoted[:n])
			}
		}
	})
	return count
}

// isPortUnreachable looks for it in the control messages of an error.
func isPortUnreachable(control []byte) bool {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return false
	}
	for _, m := range messages {
		v4 := m.Header.Level == unix.SOL_IP && m.Header.Type == unix.IP_RECVERR
		v6 := m.Header.Level == unix.SOL_IPV6 && m.Header.Type == unix.IPV6_RECVERR
		if !v4 && !v6 || len(m.Data) < int(unsafe.Sizeof(unix.SockExtendedErr{})) {
			continue
		}
		about := (*unix.SockExtendedErr)(unsafe.Pointer(&m.Data[0]))
		if (about.Origin == unix.SO_EE_ORIGIN_ICMP || about.Origin == unix.SO_EE_ORIGIN_ICMP6) && syscall.Errno(about.Errno) == unix.ECONNREFUSED {
			return true
		}
	}
	return false
}

func addressOfSocket(from unix.Sockaddr) netip.AddrPort {
	switch from := from.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(from.Addr), uint16(from.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(from.Addr).Unmap(), uint16(from.Port))
	}
	return netip.AddrPort{}
}
