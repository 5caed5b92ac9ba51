package sip

import (
	"net/netip"

	"github.com/switchhook/switchhook/internal/sip/header"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/trunk"
)

// number is the caller's as the trunk writes it; "" where it is withheld or none.
func (o *outbound) callerNumber(via *trunk.Trunk) string {
	number := header.Number(o.invitation.From)
	if number == "" {
		return ""
	}
	return via.Rewriting.Out(number, via.Rewriting.CallingOut)
}

// caller is who From says that calls. Its host is still to come, but for one who
// is withheld.
func (o *outbound) caller(via *trunk.Trunk) party {
	number := o.callerNumber(via)
	switch {
	case number == "" || o.private(via):
		return party{"Anonymous", sip.Uri{Scheme: "sip", User: "anonymous", Host: header.AnonymousHost}}
	case via.Shown.FromUser != "":
		number = via.Shown.FromUser
	}
	return party{header.EscapeDisplay(o.invitation.DisplayName), sip.Uri{Scheme: "sip", User: number}}
}

// private reports whether the callee must not see the number: the network does
// (RFC 3325 §9.3).
func (o *outbound) private(via *trunk.Trunk) bool { return via.Shown.Private || o.invitation.Withheld }

// ownHost is the host of our addresses towards a peer of a trunk.
func (s *Server) ownHost(via *trunk.Trunk, transport string, peer netip.Addr) string {
	if via.Shown.FromDomain != "" {
		return via.Shown.FromDomain
	}
	at := s.listener(transport)
	return s.reached(at.Addr(), peer).String()
}

// headers are the INVITE's headers about caller and application.
func (l *leg) headers(host string) (list []sip.Header) {
	o, shown := l.out, l.trunk.Shown
	number := o.callerNumber(l.trunk)
	if number != "" && shown.Assertion != trunk.None {
		who := sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: number, Host: host}}
		if !o.invitation.Withheld {
			who.DisplayName = header.EscapeDisplay(o.invitation.DisplayName)
		}
		name := "P-Asserted-Identity" // RFC 3325
		if shown.Assertion == trunk.Preferred {
			name = "P-Preferred-Identity"
		}
		list = append(list, sip.NewHeader(name, who.Value()))
	}
	if o.invitation.From.IsAnonymous() || number != "" && o.private(l.trunk) {
		list = append(list, sip.NewHeader("Privacy", "id"))
	}
	if !shown.DropIdentity {
		for _, value := range o.invitation.Identities {
			list = append(list, sip.NewHeader("Identity", value))
		}
	}
	return append(list, header.WriteCustom(o.invitation.SIPHeaders)...)
}

// way is the set of routes that a call through the trunk begins with: its
// outbound proxy, and what the registrar has told (RFC 3608).
func (l *leg) way(place netip.AddrPort) (routes []sip.Uri) {
	if l.trunk.Domain != "" {
		proxy := sip.Uri{Scheme: "sip", Host: place.Addr().String(), Port: int(place.Port())}
		if l.trunk.Transport != trunk.UDP {
			proxy.UriParams.Add("transport", string(l.trunk.Transport))
		}
		proxy.UriParams.Add("lr", "")
		routes = append(routes, proxy)
	}
	return append(routes, l.server.serviceRoutes(l.trunk)...)
}
