package transaction

import (
	"net/netip"

	"github.com/switchhook/switchhook/internal/source"
)

// How a table of transactions is shared out.
const (
	// hostPart is the part of it, an eighth, that one host has at most whom Config.Limited
	// names: a telephone that asks and asks is not to take the place of calls over trunks.
	hostPart = 8
	// unit is how much one place keeps of a message, in bytes. A response has the Via fields
	// of its request, which may have 64 kB: it takes as many places as it needs.
	unit = 2 << 10
)

// shares are the places of a table that are taken, by the hosts of peers. They belong to
// the layer's lock.
type shares struct {
	most    int
	limited func(netip.Addr) bool // nil: nobody is
	taken   int
	byHost  map[netip.Addr]int // an IPv4 address, or an IPv6 /64
}

func newShares(most int, limited func(netip.Addr) bool) shares {
	return shares{most: most, limited: limited, byHost: make(map[netip.Addr]int)}
}

// have reports whether there is a place for one more transaction with a peer.
func (s *shares) have(with Peer) bool {
	if s.taken >= s.most {
		return false
	}
	return s.limited == nil || s.byHost[hostOf(with)] < max(s.most/hostPart, 1) || !s.limited(plain(with.Address.Addr()))
}

// change takes places for a peer, or gives some back.
func (s *shares) change(with Peer, places int) {
	if places == 0 {
		return
	}
	host := hostOf(with)
	s.taken += places
	if s.byHost[host] += places; s.byHost[host] == 0 {
		delete(s.byHost, host)
	}
}

// plain is an address of IPv4 where it is one of those, without a zone.
func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

func hostOf(p Peer) netip.Addr { return source.Subnet(p.Address.Addr()) }

// placesOf is how many places a transaction takes that keeps a message.
func placesOf(message []byte) int { return 1 + len(message)/unit }
