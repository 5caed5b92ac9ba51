package relay

import (
	"encoding/binary"
	"net/netip"
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/source"
)

// What a client may ask for. A browser sends a dozen requests when it connects, then one
// every few minutes.
var (
	requestRate = ratelimit.Rate{PerSecond: 20, Burst: 200} // of a host
	// A site (an IPv6 /48) has addresses without number.
	siteRate = ratelimit.Rate{PerSecond: 100, Burst: 1000}
	// Each binding of a channel is kept for ten minutes, and looked through for every
	// packet. A browser has one for each of our addresses.
	bindingRate = ratelimit.Rate{PerSecond: 0.2, Burst: 32} // of a client's address and port
)

const (
	maxSources = 4096 // whose requests are counted
	maxClients = 8192
)

// gate drops requests that are too many before anybody reads them. So nobody has this
// server answer another's address at length either (reflection): what it sends without
// being asked by an allocation is an answer to a request.
type gate struct {
	requests *ratelimit.Keyed[netip.Addr] // of hosts
	sites    *ratelimit.Keyed[netip.Addr]
	bindings *ratelimit.Keyed[netip.AddrPort]
}

func newGate() *gate {
	return &gate{
		ratelimit.NewKeyed[netip.Addr](requestRate, maxSources),
		ratelimit.NewKeyed[netip.Addr](siteRate, maxSources),
		ratelimit.NewKeyed[netip.AddrPort](bindingRate, maxClients),
	}
}

// Types of STUN messages: RFC 8489 §5, RFC 8656 §17.
const (
	stunHeader    = 20
	channelHeader = 4
	maxMessage    = 1600 // bytes, as pion reads at most
	classBits     = 0x0110
	channelBind   = 0x0009
)

// passes decides about a whole message of a client.
func (g *gate) passes(message []byte, from netip.AddrPort, now time.Time) bool {
	switch {
	case len(message) < channelHeader:
		return false
	case message[0]&0xC0 == 0x40: // data of a channel
		return true
	case message[0]&0xC0 != 0 || len(message) < stunHeader:
		return false
	}
	kind := binary.BigEndian.Uint16(message)
	if kind&classBits != 0 { // no request: an indication carries data
		return true
	}
	return g.requests.Allow(source.Subnet(from.Addr()), now) && g.sites.Allow(source.Site(from.Addr()), now) &&
		(kind != channelBind || g.bindings.Allow(from, now))
}
