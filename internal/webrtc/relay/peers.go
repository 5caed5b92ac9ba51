package relay

import (
	"net"
	"net/netip"
	"slices"
)

// permits admits our own media as a peer, and nobody else.
func (s *Server) permits(_ net.Addr, peer net.IP) bool {
	address, ok := netip.AddrFromSlice(peer)
	address = address.Unmap()
	switch media := s.cfg.Media.Addr(); {
	case !ok:
		return false
	case s.cfg.Public.IsValid():
		return address == s.cfg.Public
	case !media.IsUnspecified():
		return address == media
	}
	own, err := net.InterfaceAddrs()
	return err == nil && slices.ContainsFunc(own, func(a net.Addr) bool {
		network, ok := a.(*net.IPNet)
		return ok && network.IP.Equal(peer)
	})
}

// behindPublic is where our media is that clients know by the public address.
func (s *Server) behindPublic() netip.Addr {
	media := s.cfg.Media.Addr()
	if media.IsUnspecified() && s.cfg.Public.Is4() {
		media = netip.IPv4Unspecified()
	}
	return local(media)
}

// outside is the address at which an allocation is made where our media are on all addresses
// of a family: none of loopback, if this machine has another, since Firefox takes no such
// allocation. Our media answer from the same address, which is one of those that clients are told of them.
func (s *Server) outside(host netip.Addr) netip.Addr {
	if !host.IsUnspecified() || s.cfg.Public.IsValid() {
		return host
	}
	if address := outward(upAddresses(), host.Is4()); address.IsValid() {
		return address
	}
	return host
}

// upAddresses are those of interfaces that are up.
func upAddresses() (own []net.Addr) {
	interfaces, _ := net.Interfaces() // without one, there is no address
	for _, one := range interfaces {
		if addresses, err := one.Addrs(); err == nil && one.Flags&net.FlagUp != 0 {
			own = append(own, addresses...)
		}
	}
	return own
}

// shown is the address of an allocation as its client is told, which nobody sends to.
func (s *Server) shown(host netip.Addr) netip.Addr {
	if s.cfg.Public.IsValid() && s.cfg.Public.Is4() == host.Is4() {
		return s.cfg.Public
	}
	return local(host)
}

// outward is the first of a machine's addresses of a family that is neither of loopback nor
// of a link, which Firefox does not take either; zero: it has none.
func outward(own []net.Addr, is4 bool) netip.Addr {
	for _, one := range own {
		network, is := one.(*net.IPNet)
		if !is {
			continue
		}
		address, _ := netip.AddrFromSlice(network.IP)
		if address = address.Unmap(); address.Is4() == is4 && address.IsGlobalUnicast() {
			return address
		}
	}
	return netip.Addr{}
}

// local is an address of this machine that a socket on another of it reaches.
func local(host netip.Addr) netip.Addr {
	switch {
	case !host.IsUnspecified():
		return host
	case host.Is4():
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return netip.IPv6Loopback()
}
