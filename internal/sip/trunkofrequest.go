package sip

import (
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/trunk"
)

// trunkOf finds the trunk that a request comes from, by its source. Several trunks have one
// address where they are accounts at one provider, or names of one border controller: the
// request tells which of them it is.
func (s *Server) trunkOf(request *sip.Request, source netip.AddrPort) (*trunk.Trunk, bool) {
	return s.trunks.FromBest(source.Addr(), func(t *trunk.Trunk) int { return namesTrunk(request, source, t) })
}

// namesTrunk is how clearly a request names a trunk whose address it has: by the account that
// we have registered, which stands in the Contact that the registrar calls (RFC 3261 §16.5);
// less by the host of its own Contact, which in ACS direct routing is the name of the trunk; and
// least by the port that the trunk is called at.
func namesTrunk(request *sip.Request, source netip.AddrPort, t *trunk.Trunk) (clearly int) {
	if t.Register != nil && strings.EqualFold(header.User(&request.Recipient), t.Register.User) {
		clearly += 4
	}
	if contact := request.Contact(); contact != nil && (trunk.SameHost(contact.Address.Host, t.Host) || trunk.SameHost(contact.Address.Host, t.Domain)) {
		clearly += 2
	}
	if int(source.Port()) == t.Port {
		clearly++
	}
	return clearly
}
