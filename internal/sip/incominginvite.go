package sip

import (
	"log/slog"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// receiveInvite takes a request for a new call: it checks what can be checked at
// once, and makes a leg whose goroutine does the rest.
func (s *Server) receiveInvite(request *sip.Request, tx *transaction.Server, from origin) {
	if s.legs.full() {
		s.refuseBusy(request, tx)
		return
	}
	if s.tooBrief(request, tx) || s.receiveReplaces(request, tx, from) {
		return
	}
	if s.isLoop(request) {
		s.respond(request, tx, sip.StatusLoopDetected, "Loop Detected")
		return
	}
	invitation, err := s.invitationFrom(request, from)
	if err != nil {
		s.respond(request, tx, sip.StatusNotFound, "Not Found", header.Warning(s.cfg.UserAgent, err))
		return
	}
	attestation := header.Attestation(invitation.Identities)
	invitation.SIPHeaders = s.addAttestation(invitation.SIPHeaders, attestation)
	s.mediaNames.lookUp(s.ctx, request)
	offer, refused := s.offerOf(request, tx)
	if refused {
		return
	}
	invitation.Trunk = s.trunkName(from.trunk)
	in := &inbound{request: request, tx: tx, offer: offer, invitation: invitation}
	if l := s.openInbound(in, from); l != nil {
		l.attestation = attestation
		s.admitInbound(l)
	}
}

// openInbound makes the leg of an INVITE, with a place on its trunk. Its RTP ports are
// opened when the caller is to hear something (openSession); a call for which there would
// be none now is refused at once. nil is a call that was refused.
func (s *Server) openInbound(in *inbound, from origin) *leg {
	leaveTrunk, err := s.enterTrunk(from)
	if err != nil {
		s.gate.NoteCallRefused("call refused: the trunk has no free place", time.Now(), "trunk", from.terms.name, "reason", err)
		s.refuseBusy(in.request, in.tx)
		return nil
	}
	holder := s.holderOf(in.invitation)
	if err := s.ports.Check(holder); err != nil {
		leaveTrunk()
		s.gate.NoteCallRefused("call refused: no RTP port can be opened for it", time.Now(), "trunk", from.terms.name, "reason", err)
		s.refuseBusy(in.request, in.tx)
		return nil
	}
	source := sourceOf(in.request)
	l := s.newLeg(from)
	l.leaveTrunk, l.holder = leaveTrunk, holder
	l.dialog = answeringDialog(in.request, source)
	l.dialog.contact = s.contactIn(&l.dialog, asksSIPS(in.request), source.Addr())
	l.dialog.flow = from.credential != nil || !s.trunks.Knows(source.Addr()) // who has shown credentials is where it was heard
	l.log = slog.New(s.log.Handler().WithAttrs([]slog.Attr{slog.String("trunk", from.terms.name), slog.String("call_id", l.dialog.callID)}))
	l.product = header.Product(in.request, "User-Agent")
	l.learnAllow(in.request)
	l.in, l.onUDP = in, sip.NetworkToUpper(in.request.Transport()) == "UDP"
	return l
}

// admitInbound starts the leg of an INVITE whose offer can be taken and that is no
// call that has come before.
func (s *Server) admitInbound(l *leg) {
	request, tx := l.in.request, l.in.tx
	if err := l.checkOffer(l.in.offer); err != nil {
		l.release()
		s.respond(request, tx, sip.StatusNotAcceptableHere, "Not Acceptable Here", header.Warning(s.cfg.UserAgent, err))
		return
	}
	tag, _ := request.To().Params.Get("tag")
	switch added, full := s.legs.add(l, request.CallID().Value(), tag); {
	case full:
		l.release()
		s.refuseBusy(request, tx)
	case !added: // RFC 3261 §8.2.2.2: the same call came on two ways
		l.release()
		s.respond(request, tx, sip.StatusLoopDetected, "Loop Detected")
	default:
		l.runInbound()
	}
}

// isLoop reports whether an INVITE is one of ours that came back unchanged: a
// proxy sends calls of this number here, and we send them there. Under another
// number it is a call of its own (RFC 3261 §16.3).
func (s *Server) isLoop(request *sip.Request) bool {
	for _, field := range request.Headers() {
		if via, ok := field.(*sip.ViaHeader); ok {
			if branch, _ := via.Params.Get("branch"); s.tags.isOurBranch(branch, header.User(&request.Recipient)) {
				return true
			}
		}
	}
	return false
}

// runInbound lives until an inbound leg ends: the goroutine that took its INVITE is the
// leg's.
func (l *leg) runInbound() {
	l.begins(l.offerCall) // apart: what it needs of the stack is not needed for hours
	l.run()
}

// offerCall offers the call to the application, or refuses it.
func (l *leg) offerCall() {
	l.watch = new(inviteWatch)
	l.watch.leg.Store(l)
	l.in.tx.Watch(l.watch.canceled, l.watch.ended)
	if wait := header.Expires(l.in.request); wait > 0 {
		l.timers.start(timerInviteExpired, wait)
	}
	l.workOff() // canceled before
	if l.phase != over {
		report, err := l.server.calls.Incoming(l.in.invitation, l)
		if err != nil {
			l.countDecision()
			refused := refusalOf(err, l.server)
			if l.user != "" { // who owns the telephone may know
				refused.headers = append(refused.headers, header.Warning(l.server.cfg.UserAgent, err))
			} else if fault.Is(err, fault.KindNotFound) {
				l.server.noteUnknownNumber(l.terms.name, l.dialog.callID, err)
			}
			l.refuse(refused)
		}
		l.reports.setReceiver(report)
	}
}

// noteUnknownNumber tells the operator of a call for a number that is not ours: the carrier may
// write numbers in another way, or the number is missing in the settings.
func (s *Server) noteUnknownNumber(trunk, callID string, why error) {
	s.gate.NoteCallRefused("call refused: its number takes no calls here", time.Now(), "trunk", trunk, "call_id", callID, "reason", why)
}

// refusal is a final response that refuses an inbound call.
type refusal struct {
	status  call.Status
	headers []sip.Header
}

// refusalOf finds the status for an error of Calls.
func refusalOf(err error, s *Server) refusal {
	failed := fault.Of(err)
	switch failed.Kind {
	case fault.KindNotFound:
		return refusal{status: call.Status{Code: 404, Phrase: "Not Found"}, headers: []sip.Header{header.ReasonQ850(header.Cause{Value: 1, Text: "Unallocated number"})}}
	case fault.KindPrecondition:
		return refusal{status: call.Status{Code: 480, Phrase: "Temporarily Unavailable"}, headers: []sip.Header{header.ReasonQ850(header.Cause{Value: 20, Text: "Subscriber absent"})}}
	case fault.KindForbidden, fault.KindUnauthorized:
		return refusal{status: call.Status{Code: 403, Phrase: "Forbidden"}}
	case fault.KindBusy, fault.KindThrottled:
		wait := s.retryAfter()
		if failed.RetryAfter > 0 {
			wait = sip.NewHeader("Retry-After", header.Seconds(failed.RetryAfter))
		}
		return refusal{status: call.Status{Code: 503, Phrase: "Service Unavailable"}, headers: []sip.Header{wait}}
	}
	s.log.Error("incoming call failed", "error", err)
	return refusal{status: call.Status{Code: 500, Phrase: "Server Internal Error"}}
}
