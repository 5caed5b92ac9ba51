package gate

import (
	"net/netip"
	"slices"

	"github.com/switchhook/switchhook/internal/source"
)

// pool is the connections of one state, the oldest first. The loudest site is the one
// with most of them.
type pool struct {
	most    int
	members []*Connection
}

// surplus returns the connection that must leave before a source may have one more:
// the source's own oldest, or else the oldest of the loudest site; nil while there is
// room.
func (p *pool) surplus(made *Connection) *Connection {
	if made.isUnknown() {
		from := made.source.Addr()
		if oldest, n := p.oldest(source.Subnet, source.Subnet(from)); n >= made.each {
			return oldest
		}
		if oldest, n := p.oldest(source.Site, source.Site(from)); n >= 2*made.each {
			return oldest
		}
	}
	if len(p.members) < p.most {
		return nil
	}
	return p.loudest()
}

// oldest returns the oldest connection of a network, and how many the network has.
func (p *pool) oldest(network func(netip.Addr) netip.Addr, of netip.Addr) (first *Connection, n int) {
	for _, c := range p.members {
		if network(c.source.Addr()) != of {
			continue
		}
		if n++; first == nil {
			first = c
		}
	}
	return first, n
}

// loudest returns the oldest connection of the loudest site; nil where there is none.
func (p *pool) loudest() (found *Connection) {
	counts := make(map[netip.Addr]int)
	for _, c := range p.members {
		counts[source.Site(c.source.Addr())]++
	}
	most := 0
	for _, c := range p.members {
		if n := counts[source.Site(c.source.Addr())]; n > most {
			found, most = c, n
		}
	}
	return found
}

func (p *pool) remove(c *Connection) {
	if at := slices.Index(p.members, c); at >= 0 {
		p.members = slices.Delete(p.members, at, at+1)
	}
}
