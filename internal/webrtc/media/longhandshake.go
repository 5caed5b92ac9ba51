package media

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
)

// maxHandshake bounds a message of the DTLS handshake, in bytes. Certificates of browsers
// have 300, those of RSA keys of 4096 bits 1,300. pion verifies signatures by RSA keys of
// any length, which takes the cube of it: seconds for one of 32 KB.
const maxHandshake = 4 << 10

// Sizes and numbers of DTLS 1.2 (RFC 6347 §4.1, §4.2.2), in bytes.
const (
	handshakeRecord = 22 // content type
	recordHeader    = 13
	messageHeader   = 12
)

// tooLong reports whether a packet has a part of a message of the handshake that is longer
// than maxHandshake.
func tooLong(packet []byte) bool {
	for len(packet) > recordHeader {
		kind, epoch := packet[0], binary.BigEndian.Uint16(packet[3:])
		length := int(binary.BigEndian.Uint16(packet[11:]))
		record := packet[recordHeader:]
		record = record[:min(length, len(record))]
		for kind == handshakeRecord && epoch == 0 && len(record) >= messageHeader {
			if uint24(record[1:]) > maxHandshake {
				return true
			}
			record = record[min(messageHeader+uint24(record[9:]), len(record)):]
		}
		packet = packet[min(recordHeader+length, len(packet)):]
	}
	return false
}

func uint24(b []byte) int { return int(b[0])<<16 | int(b[1])<<8 | int(b[2]) }

// isDTLS reports whether a packet is of DTLS, by its first byte (RFC 7983 §7).
func isDTLS(first byte) bool { return first >= 20 && first <= 63 }

// filteredUDP is the UDP socket, without packets that are tooLong.
type filteredUDP struct {
	*net.UDPConn
	dropped *atomic.Uint64 // so many
}

// ReadFromAddrPort implements ice.AddrPortReaderWriter: what ReadFrom does, without
// allocating.
func (p filteredUDP) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		n, from, err := p.ReadFromUDPAddrPort(b)
		if n > 0 && isDTLS(b[0]) && tooLong(b[:n]) {
			p.dropped.Add(1)
			continue
		}
		return n, from, err
	}
}

// WriteToAddrPort implements ice.AddrPortReaderWriter.
func (p filteredUDP) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	return p.WriteToUDPAddrPort(b, to)
}

// LongHandshakes counts the packets that were not read, since they had a part of a message
// of the DTLS handshake of more than 4 KiB. Over TCP each of them has ended its connection.
func (e *Engine) LongHandshakes() uint64 { return e.longHandshakes.Load() }

var errTooLong = errors.New("a message of the handshake is too long")

// framed goes through the packets of a stream (RFC 4571): each comes behind its length.
type framed struct {
	head   [2]byte
	heads  int    // bytes of the length that have come
	left   int    // bytes of the packet that have not
	packet []byte // of DTLS, as far as it has come
	first  bool   // the next byte begins a packet
}

// take takes the next bytes of the stream. It fails with one that is tooLong.
func (f *framed) take(data []byte) error {
	for len(data) > 0 {
		if f.left == 0 {
			f.head[f.heads] = data[0]
			data = data[1:]
			if f.heads++; f.heads == len(f.head) {
				f.heads, f.left, f.first = 0, int(binary.BigEndian.Uint16(f.head[:])), true
			}
			continue
		}
		part := data[:min(f.left, len(data))]
		if f.first && isDTLS(part[0]) || len(f.packet) > 0 {
			f.packet = append(f.packet, part...)
		}
		f.first = false
		data, f.left = data[len(part):], f.left-len(part)
		if f.left > 0 || len(f.packet) == 0 {
			continue
		}
		if tooLong(f.packet) {
			return errTooLong
		}
		f.packet = nil
	}
	return nil
}
