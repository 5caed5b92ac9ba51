package config

import (
	"net/netip"
	"strings"
)

// networks reads addresses and networks.
func (c *checker) networks(key string, texts []string) []netip.Prefix {
	var list []netip.Prefix
	for _, text := range texts {
		network, err := parseNetwork(text)
		if err != nil {
			c.fail(setting{name: c.file.where(key)}, "has %q; it takes addresses such as 192.0.2.10 and networks such as 192.0.2.0/24", text)
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
