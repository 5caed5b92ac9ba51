package server

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// Outbound is where the server may connect to because a client has named the
// place: webhooks and their handshakes, callbacks, prompts. Without a rule it
// may connect to anything, as a laptop's applications need; a server that
// strangers can give addresses to must not be their way into its network.
type Outbound struct {
	RefusePrivate bool
	Allow         []netip.Prefix // nevertheless
}

// inward are the networks that the Internet does not lead to, or that lead back:
// the special-purpose registries of RFC 6890, and multicast. Of those that hold
// an address of IPv4 in one of IPv6, all are here but NAT64's, which is in use.
var inward = []struct{ what, networks string }{
	{"this host", "0.0.0.0/8 ::/128"},
	{"a loopback address", "127.0.0.0/8 ::1/128"},
	{"a private address", "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10"},
	{"a link-local address", "169.254.0.0/16 fe80::/10"},
	{"a shared address of a provider's network", "100.64.0.0/10"},
	{"a reserved address", "192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 " +
		"64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 3fff::/20 5f00::/16"},
	{"a multicast address", "224.0.0.0/4 ff00::/8"},
	{"an address of IPv4 in disguise", "::/96 ::ffff:0:0:0/96 2002::/16"},
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

// check refuses an address that the rule forbids. It is asked about what a name
// has led to when the connection is made, so that a name that leads elsewhere
// the next time changes nothing.
func (o Outbound) check(address netip.Addr) error {
	plain := address.Unmap().WithZone("")
	if slices.ContainsFunc(o.Allow, func(p netip.Prefix) bool { return p.Contains(plain) }) {
		return nil
	}
	if nat64.Contains(plain) {
		behind := plain.As16()
		return o.check(netip.AddrFrom4([4]byte(behind[12:])))
	}
	for _, each := range inwardPrefixes {
		if each.Contains(plain) {
			return fmt.Errorf("%s is %s, and outbound.refuse-private is on; outbound.allow can list it", plain, each.what)
		}
	}
	return nil
}

// openToOthers reports whether a door of the APIs is open to more than this
// machine.
func (cfg Config) openToOthers() bool {
	for _, door := range []string{cfg.HTTPS, cfg.HTTP} {
		host, _, err := net.SplitHostPort(door)
		address, notAddress := netip.ParseAddr(host)
		if err == nil && host != "localhost" && (notAddress != nil || !address.IsLoopback()) {
			return true
		}
	}
	return false
}

// warnOfOutbound tells an operator whose server others can reach, and who has
// not decided where it may connect to for them.
func (p *parts) warnOfOutbound() {
	if p.cfg.openToOthers() && !p.cfg.Outbound.RefusePrivate {
		p.log.Warn("webhooks, callbacks and prompts may lead into this server's own network: set outbound.refuse-private and outbound.allow in the configuration")
	}
}

// checkAddress is check where there is a rule, for those who connect.
func (o Outbound) checkAddress() func(netip.Addr) error {
	if !o.RefusePrivate {
		return nil
	}
	return o.check
}

// checkAddressPort is checkAddress for those who ask with the port.
func (o Outbound) checkAddressPort() func(netip.AddrPort) error {
	if !o.RefusePrivate {
		return nil
	}
	return func(to netip.AddrPort) error { return o.check(to.Addr()) }
}
