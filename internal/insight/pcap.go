package insight

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"time"
)

// The format of libpcap, version 2.4: a header, then records. Packets are raw IP
// (LINKTYPE_RAW). Whatever carried a SIP message, it is written as one UDP datagram:
// Wireshark and sngrep read it, and there are no segments to be put together.
const (
	pcapMagic   = 0xa1b2c3d4 // times in µs
	pcapSnap    = 65535
	linkTypeRaw = 101
	protocolUDP = 17
	maxDatagram = 65000
)

// pcapWriter collects packets.
type pcapWriter struct{ bytes.Buffer }

func newPCAP() *pcapWriter {
	p := &pcapWriter{}
	header := binary.LittleEndian.AppendUint32(nil, pcapMagic)
	header = binary.LittleEndian.AppendUint16(header, 2)
	header = binary.LittleEndian.AppendUint16(header, 4)
	header = append(header, make([]byte, 8)...) // zone, accuracy
	header = binary.LittleEndian.AppendUint32(header, pcapSnap)
	p.Write(binary.LittleEndian.AppendUint32(header, linkTypeRaw))
	return p
}

// datagram adds a UDP datagram.
func (p *pcapWriter) datagram(at time.Time, from, to netip.AddrPort, payload []byte) {
	payload = payload[:min(len(payload), maxDatagram)]
	packet := ipPacket(from, to, payload)
	if packet == nil {
		return
	}
	record := binary.LittleEndian.AppendUint32(nil, uint32(at.Unix()))
	record = binary.LittleEndian.AppendUint32(record, uint32(at.Nanosecond()/1000))
	record = binary.LittleEndian.AppendUint32(record, uint32(len(packet)))
	record = binary.LittleEndian.AppendUint32(record, uint32(len(packet)))
	p.Write(record)
	p.Write(packet)
}

// ipPacket is a datagram with its headers (RFC 768, 791, 8200); nil where the addresses
// are of different families.
func ipPacket(from, to netip.AddrPort, payload []byte) []byte {
	source, target := from.Addr().Unmap(), to.Addr().Unmap()
	if !source.IsValid() || source.Is4() != target.Is4() {
		return nil
	}
	length := 8 + len(payload)
	udp := binary.BigEndian.AppendUint16(nil, from.Port())
	udp = binary.BigEndian.AppendUint16(udp, to.Port())
	udp = binary.BigEndian.AppendUint16(udp, uint16(length))
	udp = append(append(udp, 0, 0), payload...)
	addresses := append(source.AsSlice(), target.AsSlice()...)
	sum := checksum(udp, checksum(addresses, protocolUDP+uint32(length)))
	binary.BigEndian.PutUint16(udp[6:], max(^fold(sum), 1))
	if source.Is4() {
		ip := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocolUDP, 0, 0}
		binary.BigEndian.PutUint16(ip[2:], uint16(20+length))
		ip = append(ip, addresses...)
		binary.BigEndian.PutUint16(ip[10:], ^fold(checksum(ip, 0)))
		return append(ip, udp...)
	}
	ip := []byte{0x60, 0, 0, 0, 0, 0, protocolUDP, 64}
	binary.BigEndian.PutUint16(ip[4:], uint16(length))
	return append(append(ip, addresses...), udp...)
}

// checksum adds up 16-bit words (RFC 1071).
func checksum(b []byte, sum uint32) uint32 {
	for ; len(b) > 1; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	return sum
}

func fold(sum uint32) uint16 {
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return uint16(sum)
}
