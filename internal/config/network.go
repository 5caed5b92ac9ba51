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

// publicAddress reads an address that peers on the Internet can send to.
func (c *checker) publicAddress(path, text string) netip.Addr {
	if text == "" {
		return netip.Addr{}
	}
	address, err := netip.ParseAddr(text)
	switch {
	case err != nil || address.Zone() != "":
		c.fail(c.at(path), "is %q; it must be an IP address such as 203.0.113.10", text)
	case !address.IsGlobalUnicast() || address.IsPrivate():
		c.fail(c.at(path), "is %s, which peers on the Internet cannot send to", address)
	}
	return address.Unmap()
}
