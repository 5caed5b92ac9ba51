package sip

import (
	"net/netip"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/trunk"
)

// callerNumber is the caller's as the peer writes it; "" where it is withheld or none.
func (o *outbound) callerNumber(with terms) string {
	number := header.Number(o.invitation.From)
	if number == "" {
		return ""
	}
	return with.rewriting.Out(number, with.rewriting.CallingOut)
}

// caller is the From of a call. Its host is set later, except for a withheld caller.
func (o *outbound) caller(with terms) party {
	number := o.callerNumber(with)
	switch {
	case number == "" || o.isPrivate(with):
		return party{"Anonymous", sip.Uri{Scheme: "sip", User: "anonymous", Host: header.AnonymousHost}}
	case with.shown.FromUser != "":
		number = with.shown.FromUser
	}
	return party{header.EscapeDisplay(o.invitation.DisplayName), sip.Uri{Scheme: "sip", User: header.EscapeNumber(number)}}
}

// isPrivate reports whether the number is for the network alone, not for the callee
// (RFC 3325 §9.3). An emergency service sees it.
func (o *outbound) isPrivate(with terms) bool {
	return !o.emergency && (with.shown.Private || o.invitation.Withheld)
}

// ownHost is the host of our addresses towards a peer.
func (s *Server) ownHost(shown *trunk.Shown, transport string, peer netip.Addr) string {
	if shown.FromDomain != "" {
		return shown.FromDomain
	}
	at := s.listener(transport)
	return s.reachableAddress(at.Addr(), peer).String()
}

// headers are the INVITE's headers about caller and application.
func (l *leg) headers(host string) (list []sip.Header) {
	o, shown := l.out, l.terms.shown
	number := o.callerNumber(l.terms)
	if number != "" && shown.Assertion != trunk.None && (l.trunk != nil || !o.isPrivate(l.terms)) { // a telephone is not of the network (RFC 3325 §7)
		who := sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: header.EscapeNumber(number), Host: host}}
		if !o.invitation.Withheld {
			who.DisplayName = header.EscapeDisplay(o.invitation.DisplayName)
		}
		name := "P-Asserted-Identity" // RFC 3325
		if shown.Assertion == trunk.Preferred {
			name = "P-Preferred-Identity"
		}
		list = append(list, sip.NewHeader(name, who.Value()))
	}
	if o.invitation.From.IsAnonymous() || number != "" && o.isPrivate(l.terms) {
		list = append(list, sip.NewHeader("Privacy", "id"))
	}
	if l.trunk != nil {
		list = append(list, l.diverted(host)...)
	}
	if !shown.DropIdentity {
		for _, value := range o.invitation.Identities {
			list = append(list, sip.NewHeader("Identity", value))
		}
	}
	return append(list, header.WriteCustom(o.invitation.SIPHeaders)...)
}

// initialRoutes are the routes that a call begins with: through a trunk its outbound
// proxy, and the service route of its registrar (RFC 3608); to a telephone those that it
// registered through.
func (l *leg) initialRoutes(place netip.AddrPort) (routes []sip.Uri) {
	if l.trunk == nil {
		return l.out.path
	}
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
