package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/registrar"
)

// heardFrom follows a peer that is heard from another address, as NATs change it, or over
// another transport: many send a large INVITE over TCP, and what follows over UDP (RFC
// 3261 §18.1.1). Who was heard over TLS is not followed to a transport that others can read.
func (l *leg) heardFrom(request *sip.Request) {
	if heard := flowOf(request); isSecure(heard.Transport) || !isSecure(l.dialog.transport) {
		l.moveTo(&l.dialog, heard)
	}
}

// moveTo makes a flow the one that the peer is reached over.
func (l *leg) moveTo(d *dialog, at registrar.Flow) {
	if !at.Source.IsValid() {
		return
	}
	if l.session != nil && d.source.Addr() != at.Source.Addr() {
		l.session.SetHost(at.Source.Addr())
	}
	d.source, d.transport = at.Source, at.Transport
}

// isSecure reports whether nobody on the way can read what a transport carries.
func isSecure(transport string) bool { return transport == "TLS" || transport == "WSS" }

// followPhone follows a user's telephone that has registered anew during its call: its
// connection broke, or its NAT gave it another port.
func (l *leg) followPhone(d *dialog) {
	if l.device == nil {
		return
	}
	now, known := l.server.cfg.Phones.FlowOf(*l.device)
	if !known || now == l.device.Flow {
		return
	}
	l.device.Flow = now
	for _, each := range []*dialog{&l.dialog, d} {
		if isSecure(now.Transport) || !isSecure(each.transport) {
			l.moveTo(each, now)
		}
	}
}
