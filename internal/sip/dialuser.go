package sip

import (
	"fmt"

	"github.com/switchhook/switchhook/internal/sip/header"

	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/registrar"
)

// dialUser calls one telephone of a user, the way that it was heard.
func (s *Server) dialUser(invitation call.Invitation, report func(call.Report)) (call.Leg, error) {
	if s.cfg.Phones == nil {
		return nil, fault.NotFound("%s has no telephone", invitation.To)
	}
	device, ok := s.cfg.Phones.Device(invitation.To, invitation.Device)
	if !ok {
		return nil, fmt.Errorf("the telephone of %s has signed out", invitation.To)
	}
	if device.Flow.Transport != "UDP" && !s.hasConnection(device.Flow.Transport, device.Flow.Source.String()) {
		s.cfg.Phones.Lost(s.ctx, device.Flow, "its connection is gone")
		return nil, fmt.Errorf("the connection to the telephone of %s is gone", invitation.To)
	}
	session, err := s.ports.Open()
	if err != nil {
		return nil, err
	}
	l := s.newLeg(session, phoneTrunk())
	l.user, l.agent = device.UserName, device.UserAgent
	l.tell.to(report)
	target := contactOf(device)
	l.out = &outbound{invitation: invitation, number: target.User, place: device.Flow.Source}
	callID := uuid.NewString()
	if added, _ := s.legs.add(l, callID, s.tags.caller(callID)); !added {
		l.close()
		return nil, fault.Busy(s.cfg.RetryAfter, "%d calls are going on, which is the limit", s.cfg.MaxLegs)
	}
	s.work.Go(func() {
		l.callDevice(callID, device, target)
		l.run()
	})
	return l, nil
}

// callDevice sends the INVITE.
func (l *leg) callDevice(callID string, device registrar.Device, target sip.Uri) {
	l.dialog = dialog{
		callID: callID, localTag: l.server.tags.caller(callID), transport: device.Flow.Transport,
		local: l.callerOnPhone(), remote: party{uri: target}, target: target, flow: true,
	}
	l.log = l.server.log.With("user", device.UserName, "call_id", callID)
	l.invite()
}

// callerOnPhone is who a user's telephone says is calling: a number, or another
// user by what to dial to call back.
func (l *leg) callerOnPhone() party {
	in := l.out.invitation
	if in.From.Kind() != identifier.CommunicationUser || in.Withheld {
		return l.out.caller(l.trunk)
	}
	name := header.Escape(in.From.Raw())
	if own := l.server.cfg.Phones.Of(in.From); len(own) > 0 {
		name = own[0].UserName
	}
	return party{header.EscapeDisplay(in.DisplayName), sip.Uri{Scheme: "sip", User: name}}
}
