// Package outbound is the rule of where the server may connect to because a
// client has named the address: webhooks and their handshakes, callbacks and
// prompts. It guards against server-side request forgery. Repeating repeats a
// request whose kept connection has ended.
package outbound

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Rule is the rule. The zero Rule permits every address, as the applications on
// a laptop need. A server that others can give addresses to must refuse private
// ones, or it would be their way into its network.
type Rule struct {
	RefusePrivate bool
	Allow         []netip.Prefix // permitted although private
}

// inward are the networks that are not reachable over the Internet, or lead back
// into this network: the special-purpose registries of RFC 6890, and multicast.
// All ranges that embed an IPv4 address are here but NAT64's, which is in use.
var inward = []struct{ what, networks string }{
	{"this host", "0.0.0.0/8 ::/128"},
	{"a loopback address", "127.0.0.0/8 ::1/128"},
	{"a private address", "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10"},
	{"a link-local address", "169.254.0.0/16 fe80::/10"},
	{"a shared address of a provider's network", "100.64.0.0/10"},
	{"a reserved address", "192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 " +
		"64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 3fff::/20 5f00::/16"},
	{"a multicast address", "224.0.0.0/4 ff00::/8"},
	{"an IPv4 address embedded in IPv6", "::/96 ::ffff:0:0:0/96 2002::/16"},
}

var nat64 = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052

// inwardPrefix is a network of inward.
type inwardPrefix struct {
	netip.Prefix
	what string
}

var inwardPrefixes = func() (list []inwardPrefix) {
	for _, each := range inward {
		for _, network := range strings.Fields(each.networks) {
			list = append(list, inwardPrefix{netip.MustParsePrefix(network), each.what})
		}
	}
	return list
}()

// check refuses an address that the rule forbids. Callers pass the address that a
// name resolved to when the connection is made, so that a name that resolves to
// another address the next time changes nothing.
func (r Rule) check(address netip.Addr) error {
	plain := address.Unmap().WithZone("")
	if slices.ContainsFunc(r.Allow, func(p netip.Prefix) bool { return p.Contains(plain) }) {
		return nil
	}
	if nat64.Contains(plain) {
		behind := plain.As16()
		return r.check(netip.AddrFrom4([4]byte(behind[12:])))
	}
	for _, each := range inwardPrefixes {
		if each.Contains(plain) {
			return fmt.Errorf("%s is %s, and outbound.refuse-private is true; outbound.allow can list it", plain, each.what)
		}
	}
	return nil
}

// Check returns the check for those who connect; nil if every address is permitted.
func (r Rule) Check() func(netip.Addr) error {
	if !r.RefusePrivate {
		return nil
	}
	return r.check
}

// CheckPort is Check for those who connect by address and port.
func (r Rule) CheckPort() func(netip.AddrPort) error {
	if !r.RefusePrivate {
		return nil
	}
	return func(to netip.AddrPort) error { return r.check(to.Addr()) }
}
