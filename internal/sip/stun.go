package sip

import (
	"bytes"
	"encoding/binary"
	"net"
	"net/netip"
)

// What of STUN (RFC 8489 §5) a keep-alive of SIP over UDP needs (RFC 5626 §4.4.2).
const (
	stunHeader  = 20
	stunCookie  = 0x2112A442
	stunRequest = 0x0001
	stunSuccess = 0x0101
	stunMapped  = 0x0020 // XOR-MAPPED-ADDRESS
	stunFamily4 = 1
	stunFamily6 = 2
	maxSTUN     = 548 // bytes; a keep-alive has 20
	stunPrefix  = 8   // of the attribute: type, length, family, port
)

// isSTUN reports whether a datagram is no SIP but STUN: SIP begins with a letter.
func isSTUN(data []byte) bool {
	return len(data) >= stunHeader && len(data) <= maxSTUN && data[0] < 2 && binary.BigEndian.Uint32(data[4:]) == stunCookie &&
		int(binary.BigEndian.Uint16(data[2:])) == len(data)-stunHeader
}

// bindingResponse tells whoever asks from which address it was heard, so that it
// sees its NAT change it. nil for what is no question.
func bindingResponse(request []byte, from netip.AddrPort) []byte {
	if binary.BigEndian.Uint16(request) != stunRequest {
		return nil
	}
	address, family := from.Addr().AsSlice(), byte(stunFamily4)
	if len(address) == net.IPv6len {
		family = stunFamily6
	}
	id := request[4:stunHeader] // the cookie and the transaction, which is also what addresses are hidden by
	var b bytes.Buffer
	word := func(n int) { b.Write(binary.BigEndian.AppendUint16(nil, uint16(n))) }
	word(stunSuccess)
	word(stunPrefix + len(address))
	b.Write(id)
	word(stunMapped)
	word(stunPrefix - 4 + len(address))
	b.WriteByte(0)
	b.WriteByte(family)
	word(int(from.Port()) ^ stunCookie>>16)
	for i := range address {
		address[i] ^= id[i]
	}
	b.Write(address)
	return b.Bytes()
}
