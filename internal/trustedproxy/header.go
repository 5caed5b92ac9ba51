package trustedproxy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
)

// Bounds on a header of the PROXY protocol, in bytes.
const (
	longestText   = 107  // of version 1, with its CRLF (§2.1)
	longestBinary = 2048 // of version 2 behind the first 16: addresses, and fields that are not read
)

const (
	textMark   = "PROXY "
	binaryMark = "\r\n\r\n\x00\r\nQUIT\n" // §2.2
)

var errNoHeader = errors.New("the connection does not begin with a header of the PROXY protocol")

// readHeader reads a header of the PROXY protocol, and nothing behind it. It returns the
// address of the client: the proxy's own where the connection is the proxy's (LOCAL),
// and 0.0.0.0 where the proxy does not know its client, so that nobody takes that one
// for the proxy.
func readHeader(from io.Reader, peer netip.AddrPort) (netip.AddrPort, error) {
	var mark [len(binaryMark)]byte // each header is longer
	if _, err := io.ReadFull(from, mark[:]); err != nil {
		return netip.AddrPort{}, err
	}
	switch {
	case string(mark[:]) == binaryMark:
		return readBinary(from, peer)
	case strings.HasPrefix(string(mark[:]), textMark):
		return readText(from, string(mark[len(textMark):]), peer)
	}
	return netip.AddrPort{}, errNoHeader
}

// nobody is a client whose address the proxy does not tell.
func nobody(peer netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(netip.IPv4Unspecified(), peer.Port())
}

// readText reads the rest of a line of version 1:
// "TCP4 192.0.2.7 192.0.2.1 50000 5060\r\n", TCP6 likewise, or "UNKNOWN …\r\n".
func readText(from io.Reader, line string, peer netip.AddrPort) (netip.AddrPort, error) {
	var next [1]byte // one at a time: what follows is the client's
	for !strings.HasSuffix(line, "\r\n") {
		if len(textMark)+len(line) >= longestText {
			return netip.AddrPort{}, fmt.Errorf("the header of the PROXY protocol is longer than %d bytes", longestText)
		}
		if _, err := io.ReadFull(from, next[:]); err != nil {
			return netip.AddrPort{}, err
		}
		line += string(next[:])
	}
	words := strings.Split(strings.TrimSuffix(line, "\r\n"), " ")
	if words[0] == "UNKNOWN" {
		return nobody(peer), nil
	}
	if len(words) != 5 || words[0] != "TCP4" && words[0] != "TCP6" {
		return netip.AddrPort{}, errNoHeader
	}
	address, err := netip.ParseAddr(words[1])
	port, portErr := strconv.ParseUint(words[3], 10, 16)
	if err != nil || portErr != nil || address.Is4() != (words[0] == "TCP4") || address.Zone() != "" {
		return netip.AddrPort{}, fmt.Errorf("the header of the PROXY protocol has no address %s of a client", words[0])
	}
	return netip.AddrPortFrom(address.Unmap(), uint16(port)), nil
}

// Bytes of version 2 (§2.2).
const (
	commandLocal   = 0x20 // version 2, LOCAL
	commandProxy   = 0x21 // version 2, PROXY
	overTCP4       = 0x11
	overTCP6       = 0x21
	addressesSize4 = 12
	addressesSize6 = 36
)

// readBinary reads a header of version 2 behind its mark.
func readBinary(from io.Reader, peer netip.AddrPort) (netip.AddrPort, error) {
	var head [4]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return netip.AddrPort{}, err
	}
	length := int(binary.BigEndian.Uint16(head[2:]))
	if length > longestBinary {
		return netip.AddrPort{}, fmt.Errorf("the header of the PROXY protocol has %d bytes, more than %d", length, longestBinary)
	}
	rest := make([]byte, length)
	if _, err := io.ReadFull(from, rest); err != nil {
		return netip.AddrPort{}, err
	}
	switch {
	case head[0] == commandLocal:
		return peer, nil
	case head[0] != commandProxy:
		return netip.AddrPort{}, fmt.Errorf("the header of the PROXY protocol has the command %#x", head[0])
	case head[1] == overTCP4 && length >= addressesSize4:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(rest)), binary.BigEndian.Uint16(rest[8:])), nil
	case head[1] == overTCP6 && length >= addressesSize6:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(rest)).Unmap(), binary.BigEndian.Uint16(rest[32:])), nil
	case head[1] == overTCP4, head[1] == overTCP6:
		return netip.AddrPort{}, fmt.Errorf("the header of the PROXY protocol has %d bytes of addresses, which is too short", length)
	}
	return nobody(peer), nil // a socket of the proxy's machine, or a protocol that is not TCP
}
