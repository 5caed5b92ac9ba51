package sip

import (
	"net/netip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/trunk"
)

// holderOf is for whom the ports of a leg are opened: the user whose phone asks for the
// call, or the trunk over which it came. Calls of applications and calls to emergency
// services have no bound of their own.
func (s *Server) holderOf(in call.Invitation) rtp.Holder {
	if s.cfg.Permit.IsEmergency(in.To) {
		return rtp.Holder{}
	}
	if by := askerID(in); by.Kind() == identifier.CommunicationUser {
		return rtp.Holder{Name: "user " + in.By, Share: s.cfg.UserPorts}
	}
	if in.Trunk != "" {
		return rtp.Holder{Name: "trunk " + in.Trunk, Share: s.cfg.TrunkPorts}
	}
	return rtp.Holder{}
}

// askerID is the identity that asks for the call; zero where none does.
func askerID(in call.Invitation) identifier.ID {
	if in.By == "" { // most often
		return identifier.ID{}
	}
	by, _ := identifier.Parse(in.By)
	return by
}

// trunkName is the name of the trunk whose limits a call over a trunk counts in; "" for
// a telephone.
func (s *Server) trunkName(over *trunk.Trunk) string {
	if over == nil {
		return ""
	}
	return s.trunks.RuledAs(over).Name
}

// openSession opens the leg's ports when a description of ours must name them. A call
// that only rings holds none.
func (l *leg) openSession() error {
	if l.session != nil {
		return nil
	}
	session, err := l.server.ports.Open(l.holder)
	if err != nil {
		return err
	}
	l.useSession(session)
	return nil
}

func (l *leg) useSession(session *rtp.Session) {
	l.session = session
	l.measured.Store(session)
	session.TapAt(&l.tap)
	session.OnTone(func(tone byte) { l.reports.reportKey(call.Tone(tone), keyInMedia) })
}

// localAddress is where the leg's sound is received; before its ports are opened, the
// port is a placeholder (discard, RFC 863) that no peer sees.
func (l *leg) localAddress() netip.AddrPort {
	if l.session == nil {
		return netip.AddrPortFrom(l.server.ports.Address(), 9)
	}
	return l.session.LocalAddr()
}

// whyNotAnswered is the kind of a failure to describe our end of a leg.
func whyNotAnswered(err error) call.ReasonKind {
	if fault.Is(err, fault.KindBusy) {
		return call.Overloaded
	}
	return call.Unsupported
}
