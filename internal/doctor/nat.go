package doctor

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/trunk"
)

// lookupTime bounds looking up the names of all trunks.
const lookupTime = 3 * time.Second

// behindNAT is what a trunk on the Internet is told of where we are.
type behindNAT struct {
	trunk  string
	peer   netip.Addr // of the trunk
	local  netip.Addr // that our packets to it leave from, or that we listen on
	public netip.Addr // sip-public-address; zero: not set
	sip    string     // the listener
	rtp    config.PortRange
}

// NAT says whether a trunk on the Internet is told an address that it reaches.
// Without such a trunk there is nothing to say.
func NAT(ctx context.Context, cfg config.Config) []Finding {
	host, _, err := net.SplitHostPort(cfg.SIP)
	if err != nil {
		return nil
	}
	of, peer, found := firstOutside(ctx, cfg.Trunks)
	if !found {
		return nil
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	local, err := netip.ParseAddr(host)
	if err != nil || local.IsUnspecified() {
		if local, err = addressTowards(ctx, peer); err != nil {
			return []Finding{{Note, fmt.Sprintf("no way to trunk %s at %s", of.Name, peer), err.Error()}}
		}
	}
	return []Finding{behindNAT{of.Name, peer, local.Unmap(), cfg.SIPPublic, cfg.SIP, cfg.RTPPorts}.finding()}
}

func (n behindNAT) finding() Finding {
	towards := fmt.Sprintf("trunk %s at %s", n.trunk, n.peer)
	switch {
	case n.local.IsLoopback():
		return Finding{Note, fmt.Sprintf("SIP listens on %s only, which %s does not reach", n.sip, towards), "set --sip to an address of the network, such as 0.0.0.0:5060"}
	case isLocal(n.local) && !n.public.IsValid():
		return Finding{Note, fmt.Sprintf("%s is told the private address %s of this server", towards, n.local), fmt.Sprintf(
			"calls may have no sound, and the trunk may not reach this server: set sip-public-address to the public address of the router, and let the router forward %s to %s; or ask the provider whether it supports symmetric RTP",
			n.forwarded(), n.local)}
	case isLocal(n.local):
		return Finding{State: OK, What: fmt.Sprintf("%s is told %s (sip-public-address); the router there must forward %s to %s", towards, n.public, n.forwarded(), n.local)}
	case n.public.IsValid() && n.public != n.local:
		return Finding{Note, fmt.Sprintf("%s is told %s (sip-public-address), but this server has the public address %s", towards, n.public, n.local),
			"remove sip-public-address, unless a router forwards that address to this server"}
	}
	return Finding{State: OK, What: fmt.Sprintf("%s is told the address %s", towards, n.local)}
}

// forwarded are the ports that a router must forward.
func (n behindNAT) forwarded() string {
	_, port, _ := net.SplitHostPort(n.sip)
	return fmt.Sprintf("UDP and TCP port %s, and UDP ports %d to %d,", port, n.rtp.Low, n.rtp.High)
}

// firstOutside is the first trunk with an address on the Internet, and that address.
func firstOutside(ctx context.Context, trunks []trunk.Trunk) (*trunk.Trunk, netip.Addr, bool) {
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	for i := range trunks {
		host := trunks[i].Host
		addresses := []netip.Addr{}
		if address, err := netip.ParseAddr(host); err == nil {
			addresses = append(addresses, address)
		} else if host != "" {
			addresses, _ = net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
		for _, address := range addresses {
			if address = address.Unmap(); !isLocal(address) {
				return &trunks[i], address, true
			}
		}
	}
	return nil, netip.Addr{}, false
}

// addressTowards asks the kernel which of our addresses it would send from. Nothing is
// sent.
func addressTowards(ctx context.Context, peer netip.Addr) (netip.Addr, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "udp", netip.AddrPortFrom(peer, 9).String())
	if err != nil {
		return netip.Addr{}, err
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr(), nil
}

// carrierSpace is the address space of carriers' NAT (RFC 6598).
var carrierSpace = netip.MustParsePrefix("100.64.0.0/10")

// isLocal reports whether an address is of a local network.
func isLocal(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || carrierSpace.Contains(a)
}
