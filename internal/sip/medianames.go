package sip

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// Bounds on the host names of session descriptions (RFC 8866 §5.7).
const (
	nameTime     = 2 * time.Second // that a message may wait for a name
	nameFreshFor = time.Minute
	maxMedia     = 1024 // names that are remembered
)

// mediaNames are the addresses of hosts that session descriptions name. They are
// looked up before a message reaches its leg, which must not wait, and read there.
type mediaNames struct {
	resolver Resolver
	known    *expiring.Map[string, netip.Addr]
}

func newMediaNames(r Resolver) *mediaNames {
	return &mediaNames{r, expiring.New(expiring.Config[string, netip.Addr]{TTL: nameFreshFor, Entries: maxMedia})}
}

// lookUp looks up the host that sound in a message goes to, where it is a name.
func (n *mediaNames) lookUp(ctx context.Context, message sip.Message) {
	content, err := header.ReadContent(message, header.SDPType)
	if err != nil || !sdp.HasNames(content.Data) {
		return
	}
	session, err := sdp.Parse(content.Data)
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, nameTime)
	defer cancel()
	for _, name := range session.Names() {
		if _, ok := n.known.Get(name, time.Now()); !ok {
			if address := n.find(ctx, name); address.IsValid() { // a failure counts for this message alone
				n.known.Put(strings.Clone(name), address, time.Now())
			}
		}
	}
}

// find returns the first address of a name; zero where it has none.
func (n *mediaNames) find(ctx context.Context, name string) netip.Addr {
	switch {
	case name == "localhost" || strings.HasSuffix(name, ".localhost"): // RFC 6761 §6.3
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	case name == "invalid" || strings.HasSuffix(name, ".invalid"): // §6.4
		return netip.Addr{}
	}
	found, err := n.resolver.LookupNetIP(ctx, "ip", name)
	if err != nil {
		return netip.Addr{}
	}
	var other netip.Addr
	for _, address := range found {
		if address = address.Unmap(); address.Is4() {
			return address
		}
		other = address.WithZone("")
	}
	return other
}

// place gives a session's names their addresses. A name leads to an address of a local
// network only for a peer that is in one.
func (n *mediaNames) place(session *sdp.Session, peer netip.Addr) {
	for _, name := range session.Names() {
		address, ok := n.known.Get(name, time.Now())
		if ok && !address.IsUnspecified() && (!private(address) || private(peer)) {
			session.Place(name, address)
		}
	}
}
