package sip

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/permit"
)

// board takes a place on the leg's trunk. Where there is none, or the trunk does
// not take the call, the next trunk is tried.
func (l *leg) board() bool {
	l.unboard()
	in := l.out.invitation
	off, err := l.server.cfg.Permit.Through(l.trunk, permit.Request{By: in.By, From: in.From, To: in.To, Forwarded: in.Forwarded})
	if err == nil {
		l.off = off
		return true
	}
	l.log.Info("trunk not used", "why", err)
	l.failed(call.Reason{Kind: whyNotBoarded(err), Text: err.Error()}, true)
	return false
}

// unboard gives the place up.
func (l *leg) unboard() {
	if l.off != nil {
		l.off()
		l.off = nil
	}
}

func whyNotBoarded(err error) call.ReasonKind {
	switch {
	case permit.CallerIDRefused(err):
		return call.CallerIDRefused
	case fault.Is(err, fault.KindForbidden):
		return call.Forbidden
	}
	return call.Overloaded
}
