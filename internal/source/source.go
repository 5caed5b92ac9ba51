// Package source says which addresses count as one source where the senders of
// requests are limited.
package source

import "net/netip"

// Subnet is what one host is assumed to have: an IPv4 address, or an IPv6 /64.
func Subnet(address netip.Addr) netip.Addr { return masked(address, 64) }

// Site is what one customer of a provider is assumed to have: an IPv4 address, or an
// IPv6 /48 (RFC 6177).
func Site(address netip.Addr) netip.Addr { return masked(address, 48) }

func masked(address netip.Addr, bits int) netip.Addr {
	address = address.Unmap().WithZone("")
	if !address.Is6() {
		return address
	}
	network, _ := address.Prefix(bits)
	return network.Addr()
}
