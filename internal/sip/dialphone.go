package sip

import (
	"context"
	"fmt"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// phoneDialer calls the registered telephones of users.
type phoneDialer struct{ server *Server }

var _ call.Dialer = phoneDialer{}

// Dial calls one telephone of a user, over the flow that it registered from.
func (d phoneDialer) Dial(_ context.Context, in call.Invitation, report func(call.Report)) (call.Leg, error) {
	s := d.server
	if err := s.mayDial(in); err != nil {
		return nil, err
	}
	if s.cfg.Phones == nil {
		return nil, fault.NotFound("%s has no registered telephone", in.To)
	}
	device, ok := s.cfg.Phones.FindBinding(in.To, in.Device)
	if !ok {
		return nil, fmt.Errorf("the telephone of %s is not registered any more", in.To)
	}
	if device.Flow.Transport != "UDP" && !s.hasConnection(device.Flow.Transport, device.Flow.Source.String()) {
		s.cfg.Phones.RemoveFlow(s.ctx, device.Flow, "its connection is closed")
		return nil, fmt.Errorf("the connection to the telephone of %s is closed", in.To)
	}
	target := contactOf(device)
	out := &outbound{invitation: in, place: device.Flow.Source, path: pathOf(device)}
	l, err := s.startOutbound(originDevice(device), out, report, func(l *leg, callID string) { l.callDevice(callID, device, target) })
	if err != nil {
		return nil, err
	}
	return l, nil
}

// pathOf are the proxies that a telephone has registered through.
func pathOf(device registrar.Binding) (path []sip.Uri) {
	for _, text := range device.Path {
		var uri sip.Uri
		if sip.ParseUri(text, &uri) == nil { // it could be read when it came
			path = append(path, uri)
		}
	}
	return path
}

// callDevice sends the INVITE.
func (l *leg) callDevice(callID string, device registrar.Binding, target sip.Uri) {
	l.dialog = dialog{
		callID: callID, localTag: l.server.tags.caller(callID), transport: device.Flow.Transport,
		local: l.callerOnPhone(), remote: party{uri: target}, target: target, flow: true,
	}
	l.log = l.server.log.With("user", device.UserName, "call_id", callID)
	l.invite()
}

// callerOnPhone is the caller's address for a user's telephone: a number, or for
// another user what to dial to call back.
func (l *leg) callerOnPhone() party {
	in := l.out.invitation
	if in.From.Kind() != identifier.CommunicationUser || in.Withheld {
		return l.out.caller(l.terms)
	}
	name := header.Escape(in.From.Raw())
	if own := l.server.cfg.Phones.CredentialsOf(in.From); len(own) > 0 {
		name = own[0].UserName
	}
	return party{header.EscapeDisplay(in.DisplayName), sip.Uri{Scheme: "sip", User: name}}
}
