package certificate

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// recordingHosts are the hosts from which current SDKs accept to download a
// recording; the certificate contains them, so that unmodified applications can.
const (
	recordingDomain = "asm.skype.com"
	recordingHosts  = "*." + recordingDomain
)

// OfRecordings reports whether a host is one from which current SDKs accept to download a
// recording. No public authority signs for it, but for its owner.
func OfRecordings(host string) bool {
	return strings.HasSuffix(strings.ToLower(host), "."+recordingDomain)
}

// domains are always permitted: names that no public authority signs (RFC 6761,
// ICANN's .internal) and the recordings' hosts. A domain permits its subdomains.
var domains = []string{"localhost", "internal", "test", recordingDomain}

// networks are always permitted: loopback, RFC 1918, link-local, RFC 4193.
var networks = []netip.Prefix{
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("::1/128"),
	netip.MustParsePrefix("fc00::/7"),
	netip.MustParsePrefix("fe80::/10"),
}

// names are the DNS names and addresses of a certificate, in order, each once.
type names struct {
	dns []string
	ips []netip.Addr
}

// parseNames sorts texts into names and addresses. A name may be a wildcard.
func parseNames(texts ...string) (names, error) {
	var n names
	for _, text := range texts {
		if ip, err := netip.ParseAddr(text); err == nil {
			n.ips = append(n.ips, ip.Unmap().WithZone(""))
			continue
		}
		name := strings.ToLower(strings.TrimSuffix(text, "."))
		if !ValidName(name) {
			return names{}, fmt.Errorf("%q is neither a host name (letters, digits, hyphens, dots) nor an IP address", text)
		}
		n.dns = append(n.dns, name)
	}
	return n.and(names{}), nil
}

// localNames are in every certificate that the authority signs.
var localNames = names{
	dns: []string{recordingHosts, "localhost"},
	ips: []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.IPv6Loopback()},
}

// machineNames is the name of a machine, if it is a valid DNS name.
func machineNames(host string) names {
	n, err := parseNames(host)
	if err != nil {
		return names{}
	}
	return n
}

// and joins two sets.
func (n names) and(other names) names {
	dns, ips := slices.Concat(n.dns, other.dns), slices.Concat(n.ips, other.ips)
	slices.Sort(dns)
	slices.SortFunc(ips, netip.Addr.Compare)
	return names{slices.Compact(dns), slices.Compact(ips)}
}

func (n names) equal(other names) bool {
	return slices.Equal(n.dns, other.dns) && slices.Equal(n.ips, other.ips)
}

// ValidName reports whether a certificate can contain a text as a DNS name;
// its first label may be "*".
func ValidName(name string) bool {
	name = strings.TrimPrefix(name, "*.")
	if name == "" || len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		if strings.ContainsFunc(label, func(r rune) bool { return !strings.ContainsRune(labelLetters, r) }) {
			return false
		}
	}
	return true
}

const labelLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"

// constraints are the names that an authority may sign for.
type constraints struct {
	dns  []string // a domain and all below it
	nets []netip.Prefix
}

// constraintsFor permits what is always permitted, and those names. What the
// first already covers is not repeated, so a new private address needs no new authority.
func constraintsFor(wanted names) constraints {
	c := constraints{slices.Clone(domains), slices.Clone(networks)}
	for _, name := range wanted.dns {
		if !c.permitsName(name) {
			c.dns = append(c.dns, strings.TrimPrefix(name, "*."))
		}
	}
	for _, ip := range wanted.ips {
		if !c.permitsIP(ip) {
			c.nets = append(c.nets, netip.PrefixFrom(ip, ip.BitLen()))
		}
	}
	slices.Sort(c.dns)
	slices.SortFunc(c.nets, comparePrefix)
	return c
}

func (c constraints) permitsName(name string) bool {
	name = strings.TrimPrefix(name, "*.")
	return slices.ContainsFunc(c.dns, func(domain string) bool {
		return name == domain || strings.HasSuffix(name, "."+domain)
	})
}

func (c constraints) permitsIP(ip netip.Addr) bool {
	return slices.ContainsFunc(c.nets, func(net netip.Prefix) bool { return net.Contains(ip) })
}

// permits reports whether an authority so constrained may sign for all of them.
func (c constraints) permits(n names) bool {
	for _, name := range n.dns {
		if !c.permitsName(name) {
			return false
		}
	}
	for _, ip := range n.ips {
		if !c.permitsIP(ip) {
			return false
		}
	}
	return true
}

func (c constraints) equal(other constraints) bool {
	return slices.Equal(c.dns, other.dns) && slices.Equal(c.nets, other.nets)
}

// constraintsOf reads them back from a certificate's fields.
func constraintsOf(dns []string, nets []*net.IPNet) constraints {
	c := constraints{dns: slices.Clone(dns)}
	for _, n := range nets {
		ip, ok := netip.AddrFromSlice(n.IP)
		ones, _ := n.Mask.Size()
		if ok {
			c.nets = append(c.nets, netip.PrefixFrom(ip, ones))
		}
	}
	slices.Sort(c.dns)
	slices.SortFunc(c.nets, comparePrefix)
	return c
}

func (c constraints) ipNets() []*net.IPNet {
	list := make([]*net.IPNet, len(c.nets))
	for i, p := range c.nets {
		list[i] = &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
	}
	return list
}

func comparePrefix(a, b netip.Prefix) int {
	if c := a.Addr().Compare(b.Addr()); c != 0 {
		return c
	}
	return a.Bits() - b.Bits()
}
