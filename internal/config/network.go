package config

import (
	"net/netip"
	"strings"
)

// networks reads a list of addresses and networks.
func (c *checker) networks(path string) []netip.Prefix {
	var list []netip.Prefix
	for _, text := range c.file.key(path).list() {
		network, err := parseNetwork(text)
		if err != nil {
			c.fail(c.at(path), "has %q; it must be addresses such as 192.0.2.10 or networks such as 192.0.2.0/24", text)
			continue
		}
		list = append(list, network)
	}
	return list
}

func parseNetwork(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		prefix, err := netip.ParsePrefix(text)
		return prefix.Masked(), err
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(address, address.BitLen()), nil
}
