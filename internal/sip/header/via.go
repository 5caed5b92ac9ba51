package header

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"
)

// AppendVia appends a request's top Via, completed for its response (RFC 3261 §18.2.1,
// RFC 3581 §4), and says where the response goes: back to the port that the
// request came from where rport asks for that, else to the one that the Via names.
func AppendVia(b, value []byte, from netip.AddrPort) ([]byte, netip.AddrPort) {
	top, more, isList := bytes.Cut(value, []byte(","))
	protocol, rest, _ := strings.Cut(via.remove(string(top)), ";")
	b = append(b, protocol...)
	back := netip.AddrPortFrom(from.Addr(), sentByPort(protocol))
	for part := ""; rest != ""; {
		part, rest, _ = strings.Cut(rest, ";")
		b = append(append(b, ';'), part...)
		if strings.EqualFold(strings.TrimSpace(part), "rport") {
			b = strconv.AppendUint(append(b, '='), uint64(from.Port()), 10)
			back = from
		}
	}
	b = from.Addr().AppendTo(append(b, ";received="...))
	if isList && len(more) > 0 {
		b = append(append(b, ','), more...)
	}
	return b, back
}

// sentByPort returns the port of "SIP/2.0/UDP host:port".
func sentByPort(protocol string) uint16 {
	protocol = strings.TrimRight(protocol, " \t")
	host := protocol[strings.LastIndexAny(protocol, " \t")+1:]
	if at := strings.LastIndexByte(host, ':'); at > strings.LastIndexByte(host, ']') {
		if port, err := strconv.ParseUint(host[at+1:], 10, 16); err == nil && port > 0 {
			return uint16(port)
		}
	}
	return 5060
}
