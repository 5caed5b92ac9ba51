package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
)

// diverted tells a trunk whom a call that is passed on was meant for. Carriers that check whose
// number is shown demand Diversion with one of theirs. History-Info is of redirected calls alone,
// as in ACS direct routing.
func (l *leg) diverted(host string) (list []sip.Header) {
	o, isPrivate := l.out, l.out.isPrivate(l.terms)
	before := o.divertedFrom(l.terms, host)
	if len(before) == 0 {
		return nil
	}
	list = header.Diversion(before, isPrivate)
	if !o.invitation.Forwarded && !isPrivate {
		list = append(list, header.HistoryInfo(before, l.destination()))
	}
	return list
}

// divertedFrom are the addresses of whom a call was meant for before, as far as they have
// numbers.
func (o *outbound) divertedFrom(with terms, host string) (list []sip.Uri) {
	for _, id := range o.invitation.Diverted {
		if number := header.Number(id); number != "" {
			uri := sip.Uri{Scheme: "sip", User: header.EscapeNumber(with.rewriting.Out(number, with.rewriting.CallingOut)), Host: host}
			uri.UriParams.Add("user", "phone")
			list = append(list, uri)
		}
	}
	return list
}
