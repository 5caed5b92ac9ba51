package sip

import (
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
)

// dialog is the state of a SIP dialog (RFC 3261 §12), from our side.
type dialog struct {
	callID    string
	localTag  string
	remoteTag string // "" until a response has it
	local     party
	remote    party
	target    sip.Uri   // the peer's Contact
	routes    []sip.Uri // in the order of our requests
	localSeq  uint32
	remoteSeq uint32
	contact   sip.Uri
	transport string         // "UDP", "TCP" or "TLS"
	source    netip.AddrPort // where the peer was last heard
	flow      bool           // it is reached there, whatever address it names
}

// party is one end's From or To.
type party struct {
	display string // as on the wire, escaped
	uri     sip.Uri
}

// answeringDialog is the dialog of a call to us (RFC 3261 §12.1.1). Its Call-ID is a copy,
// since the record of the call keeps it.
func answeringDialog(request *sip.Request, source netip.AddrPort) dialog {
	from, to := request.From(), request.To()
	d := dialog{
		callID: strings.Clone(request.CallID().Value()), transport: sip.NetworkToUpper(request.Transport()), source: source,
		local:     party{to.DisplayName, *to.Address.Clone()},
		remote:    party{from.DisplayName, *from.Address.Clone()},
		target:    *request.Contact().Address.Clone(),
		remoteSeq: request.CSeq().SeqNo,
	}
	d.localTag, _ = to.Params.Get("tag")
	d.remoteTag, _ = from.Params.Get("tag")
	for _, field := range request.GetHeaders("Record-Route") {
		if route, ok := field.(*sip.RecordRouteHeader); ok {
			d.routes = append(d.routes, *route.Address.Clone())
		}
	}
	return d
}

// learn takes the peer's side from a response to our INVITE (RFC 3261 §12.1.2).
func (d *dialog) learn(response *sip.Response) {
	if tag := header.ToTag(response); tag != "" {
		d.remoteTag = tag
	}
	if contact := response.Contact(); contact != nil {
		d.target = *contact.Address.Clone()
	}
	d.routes = d.routes[:0]
	for _, field := range response.GetHeaders("Record-Route") {
		if route, ok := field.(*sip.RecordRouteHeader); ok {
			d.routes = append([]sip.Uri{*route.Address.Clone()}, d.routes...)
		}
	}
	if source, err := netip.ParseAddrPort(response.Source()); err == nil {
		d.source = netip.AddrPortFrom(source.Addr().Unmap(), source.Port())
	}
}

// request builds a request inside the dialog with the given CSeq.
func (d *dialog) request(method sip.RequestMethod, cseq uint32, via *sip.ViaHeader) *sip.Request {
	target, routes := d.target, d.routes
	if len(routes) > 0 && !routes[0].UriParams.Has("lr") {
		// A strict router wants to be the Request-URI (RFC 3261 §12.2.1.1).
		routes = append(append([]sip.Uri(nil), routes[1:]...), target)
		target = d.routes[0]
	}
	request := sip.NewRequest(method, target)
	request.AppendHeader(via)
	for i := range routes {
		request.AppendHeader(&sip.RouteHeader{Address: *routes[i].Clone()})
	}
	hops := sip.MaxForwardsHeader(70)
	callID := sip.CallIDHeader(d.callID)
	from := &sip.FromHeader{DisplayName: d.local.display, Address: *d.local.uri.Clone()}
	from.Params.Add("tag", d.localTag)
	to := &sip.ToHeader{DisplayName: d.remote.display, Address: *d.remote.uri.Clone()}
	if d.remoteTag != "" {
		to.Params.Add("tag", d.remoteTag)
	}
	request.AppendHeader(&hops)
	request.AppendHeader(from)
	request.AppendHeader(to)
	request.AppendHeader(&callID)
	request.AppendHeader(&sip.CSeqHeader{SeqNo: cseq, MethodName: method})
	request.SetTransport(d.transport)
	return request
}
