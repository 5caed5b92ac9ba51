package sip

import (
	"context"
	"net/netip"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
)

// replyTimedOut ends the wait for a first response of a trunk, or for the answer
// to our CANCEL.
func (l *leg) replyTimedOut() {
	switch {
	case l.phase != early:
	case l.leaving != nil: // 64*T1 after the CANCEL: RFC 3261 §9.1
		l.reports.end(*l.leaving)
		l.phase = over
	case l.overUDPAfterAll(nil):
	case l.hasAlternative():
		l.server.locator.silent.note(l.trunk, l.out.place)
		l.failed(call.Reason{Kind: call.Unreachable, Text: l.peerName() + " does not reply"}, true)
	}
}

// lateResponse takes a response to an attempt that was abandoned for another trunk,
// or to a leg that is ending.
func (l *leg) lateResponse(attempt *inviting, response *sip.Response) {
	switch {
	case response == nil || l.isUnderWay(attempt):
	case response.IsProvisional():
		l.cancelInvite(attempt)
	case response.IsSuccess():
		l.server.endBranch(response, attempt)
	}
}

// isUnderWay reports whether an attempt is the present one. A leg that another phone has taken
// over has none, but those that were abandoned before may still be answered.
func (l *leg) isUnderWay(attempt *inviting) bool { return l.out != nil && attempt == l.out.invite }

// abandonInvite ends a call that was not answered.
func (l *leg) abandonInvite() {
	attempt := l.out.invite
	if attempt == nil {
		l.reports.end(*l.leaving)
		l.phase = over
		return
	}
	l.timers.start(timerNoConsent, l.server.cfg.Grace)
	if attempt.state == inviteProvisional {
		l.cancelInvite(attempt)
	} // else inviteProgress cancels: RFC 3261 §9.1 wants a provisional response first
}

// cancelInvite sends CANCEL, once.
func (l *leg) cancelInvite(attempt *inviting) {
	if attempt.state == inviteCanceling {
		return
	}
	attempt.state = inviteCanceling
	if l.isUnderWay(attempt) {
		l.timers.start(timerNoReply, 64*sip.T1)
	}
	why := call.Reason{Kind: call.Canceled}
	if l.leaving != nil {
		why = *l.leaving
	}
	l.transact(cancelOf(attempt.request, why), netip.AddrPort{}, nil, func(*sip.Response, error) {})
}

// giveUp takes a response to an attempt whose leg is gone: a phone that rings only now is
// canceled, once, and one that answers is hung up.
func (s *Server) giveUp(response *sip.Response, attempt *inviting) {
	if !response.IsProvisional() {
		s.endBranch(response, attempt)
		return
	}
	if s.ctx.Err() != nil || attempt.givenUp.Swap(true) {
		return
	}
	s.work.Go(func() {
		ctx, cancel := context.WithTimeout(s.ctx, 64*sip.T1)
		defer cancel()
		if _, err := s.roundTrip(ctx, cancelOf(attempt.request, call.Reason{Kind: call.Canceled})); err != nil {
			s.log.Debug("CANCEL of an abandoned INVITE was not answered", "error", err)
		}
	})
}

// cancelOf builds the CANCEL of an INVITE (RFC 3261 §9.1): the same top Via,
// Request-URI and route.
func cancelOf(invite *sip.Request, why call.Reason) *sip.Request {
	cancel := sip.NewRequest(sip.CANCEL, *invite.Recipient.Clone())
	cancel.AppendHeader(invite.Via().Clone())
	sip.CopyHeaders("Route", invite, cancel)
	hops := sip.MaxForwardsHeader(70)
	cancel.AppendHeader(&hops)
	cancel.AppendHeader(sip.HeaderClone(invite.From()))
	cancel.AppendHeader(sip.HeaderClone(invite.To()))
	cancel.AppendHeader(sip.HeaderClone(invite.CallID()))
	cancel.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	for _, field := range reasonHeader(why) {
		cancel.AppendHeader(field)
	}
	cancel.SetBody(nil)
	cancel.SetTransport(invite.Transport())
	cancel.SetDestination(invite.Destination())
	return cancel
}
