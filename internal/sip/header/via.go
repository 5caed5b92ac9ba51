package header

import (
	"net/netip"
	"strconv"
	"strings"
)

// CompleteVia completes a request's top Via for its response (RFC 3261 §18.2.1,
// RFC 3581 §4) and says where the response goes: back to the port that the
// request came from where rport asks for that, else to the one that the Via names.
func CompleteVia(value string, from netip.AddrPort) (string, netip.AddrPort) {
	top, more, _ := strings.Cut(value, ",")
	if more != "" {
		more = "," + more
	}
	parts := strings.Split(via.remove(top), ";")
	back := netip.AddrPortFrom(from.Addr(), sentByPort(parts[0]))
	for i, part := range parts {
		if i > 0 && strings.EqualFold(strings.TrimSpace(part), "rport") {
			parts[i] = "rport=" + strconv.Itoa(int(from.Port()))
			back = from
		}
	}
	return strings.Join(parts, ";") + ";received=" + from.Addr().String() + more, back
}

// sentByPort returns the port of "SIP/2.0/UDP host:port".
func sentByPort(protocol string) uint16 {
	fields := strings.Fields(protocol)
	host := fields[len(fields)-1]
	if at := strings.LastIndexByte(host, ':'); at > strings.LastIndexByte(host, ']') {
		if port, err := strconv.ParseUint(host[at+1:], 10, 16); err == nil && port > 0 {
			return uint16(port)
		}
	}
	return 5060
}
