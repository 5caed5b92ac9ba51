package sip

import (
	"encoding/binary"
	"net"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// timedSocket reads the kernel's receive time of each datagram: it shows how long
// they wait while nobody has time to read them.
type timedSocket struct {
	*icmpSocket
	waited func(now time.Time, delay time.Duration)
	extra  []byte // of the only reader
}

// watchSocket asks the kernel for the times, and for ICMP errors. A socket that
// cannot tell them is returned as it is.
func watchSocket(conn *net.UDPConn, waited func(time.Time, time.Duration), unreachable func(netip.AddrPort, []byte)) datagrams {
	icmp := openICMP(conn, unreachable)
	if icmp == nil {
		return conn
	}
	_ = icmp.raw.Control(func(fd uintptr) { // without it no control message comes
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	})
	return &timedSocket{icmp, waited, make([]byte, unix.CmsgSpace(int(unsafe.Sizeof(unix.Timespec{}))))}
}

// ReadFromUDPAddrPort reads a datagram and notes how long it lay.
func (s *timedSocket) ReadFromUDPAddrPort(buffer []byte) (int, netip.AddrPort, error) {
	n, more, from, err := s.receive(buffer, s.extra)
	if err != nil {
		return n, netip.AddrPort{}, err
	}
	if at, ok := arrivalOf(s.extra[:more]); ok {
		now := time.Now()
		s.waited(now, now.Sub(at))
	}
	return n, from, nil
}

// arrivalOf reads the kernel's time out of a control message.
func arrivalOf(extra []byte) (time.Time, bool) {
	header, data, _, err := unix.ParseOneSocketControlMessage(extra)
	if err != nil || header.Level != unix.SOL_SOCKET || header.Type != unix.SCM_TIMESTAMPNS || len(data) < int(unsafe.Sizeof(unix.Timespec{})) {
		return time.Time{}, false
	}
	half := len(data) / 2 // both fields are words of the machine
	word := func(b []byte) int64 {
		if len(b) == 4 {
			return int64(int32(binary.NativeEndian.Uint32(b)))
		}
		return int64(binary.NativeEndian.Uint64(b))
	}
	return time.Unix(word(data[:half]), word(data[half:])), true
}
