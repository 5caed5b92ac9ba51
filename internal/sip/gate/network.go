package gate

import "net/netip"

// subnet is what one host is assumed to have: an IPv4 address, or an IPv6 /64.
func subnet(source netip.Addr) netip.Addr { return masked(source, 64) }

// site is what one customer of a provider is assumed to have: an IPv4 address, or an
// IPv6 /48 (RFC 6177).
func site(source netip.Addr) netip.Addr { return masked(source, 48) }

func masked(source netip.Addr, bits int) netip.Addr {
	source = source.Unmap().WithZone("")
	if !source.Is6() {
		return source
	}
	network, _ := source.Prefix(bits)
	return network.Addr()
}
