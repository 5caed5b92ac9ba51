package sip

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Numbers dials phone numbers, over trunks.
func (s *Server) Numbers() call.Dialer { return numberDialer{s} }

// Phones dials the registered telephones of users.
func (s *Server) Phones() call.Dialer { return phoneDialer{s} }

// mayDial refuses a call that must not leave: Invalid for a loop, Busy while the
// server stops.
func (s *Server) mayDial(in call.Invitation) error {
	if in.Hops == 1 {
		return fault.Invalid("Max-Forwards is used up: the call was passed on too often, which looks like a loop")
	}
	if s.draining.Load() {
		return fault.Busy(s.cfg.RetryAfter, "the server is stopping")
	}
	return nil
}

// startOutbound makes the leg of a call to a peer. begin is the first that its
// goroutine does. An error is Busy where there are too many legs.
func (s *Server) startOutbound(to origin, out *outbound, report func(call.Report), begin func(l *leg, callID string)) (*leg, error) {
	session, err := s.ports.Open(s.holderOf(out.invitation))
	if err != nil {
		return nil, err
	}
	l := s.newLeg(to)
	l.useSession(session)
	l.out = out
	l.reports.setReceiver(report)
	callID := identifier.NewGUID()
	if added, _ := s.legs.add(l, callID, s.tags.caller(callID)); !added {
		l.release()
		return nil, fault.Busy(s.cfg.RetryAfter, "%d calls are in progress, which is the limit", s.cfg.MaxLegs)
	}
	s.work.Go(func() {
		l.begins(func() { begin(l, callID) })
		l.run()
	})
	return l, nil
}
