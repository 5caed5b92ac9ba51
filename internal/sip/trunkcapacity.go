package sip

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/permit"
)

// takePlace takes a place on the leg's trunk. Where there is none, or the trunk does
// not take the call, the next trunk is tried.
func (l *leg) takePlace() bool {
	l.leavePlace()
	in := l.out.invitation
	leave, err := l.server.cfg.Permit.AdmitOutbound(l.trunk, requestOf(in))
	if err == nil {
		l.leaveTrunk = leave
		return true
	}
	l.log.Info("trunk skipped", "reason", err)
	l.failed(call.Reason{Kind: whyNoPlace(err), Text: err.Error()}, true)
	return false
}

// requestOf is an invitation as the rules about calls judge it.
func requestOf(in call.Invitation) permit.Request {
	return permit.Request{By: in.By, IssuedBy: in.IssuedBy, From: in.From, To: in.To, Forwarded: in.Forwarded}
}

// leavePlace gives the place up.
func (l *leg) leavePlace() {
	if l.leaveTrunk != nil {
		l.leaveTrunk()
		l.leaveTrunk = nil
	}
}

// enterTrunk takes a place on the trunk that a call comes in over; telephones of
// users come in over none.
func (s *Server) enterTrunk(from origin) (leave func(), err error) {
	if from.trunk == nil {
		return func() {}, nil
	}
	return s.cfg.Permit.AdmitInbound(from.trunk)
}

func whyNoPlace(err error) call.ReasonKind {
	switch {
	case permit.CallerIDRefused(err):
		return call.CallerIDRefused
	case fault.Is(err, fault.KindForbidden):
		return call.Forbidden
	}
	return call.Overloaded
}
