package sip

import (
	"net/netip"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
	"github.com/switchhook/switchhook/internal/trunk"
)

// replacement is an INVITE with Replaces (RFC 3891), the second half of an attended
// transfer. The leg stays the same for its call; its dialog becomes another.
type replacement struct {
	request *sip.Request
	tx      *transaction.Server
	from    *trunk.Trunk // nil for a telephone
	offer   *sdp.Session
	tag     string // the replaced phone's
}

// receiveReplaces takes such an INVITE; false where it is an ordinary one.
func (s *Server) receiveReplaces(request *sip.Request, tx *transaction.Server, from origin) bool {
	values := header.Values(request, "Replaces")
	if len(values) == 0 {
		return false
	}
	if len(values) > 1 {
		s.respond(request, tx, sip.StatusBadRequest, "More Than One Replaces")
		return true
	}
	named := header.ParseReplaces(values[0])
	l := s.legs.find(named.CallID, named.ToTag)
	if l == nil {
		s.respond(request, tx, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
		return true
	}
	if named.EarlyOnly { // calls that ring cannot be taken over here
		s.respond(request, tx, sip.StatusBusyHere, "Busy Here")
		return true
	}
	offer, refused := s.offerOf(request, tx)
	if refused {
		return true
	}
	r := replacement{request, tx, from.trunk, offer, named.FromTag}
	if !l.offer(task{do: func() { l.replacePeer(r) }}) {
		s.respond(request, tx, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
	}
	return true
}

// replacePeer makes another phone the leg's peer and hangs up on the one it had.
func (l *leg) replacePeer(r replacement) {
	s, before := l.server, l.dialog
	switch {
	case l.phase != up || l.dialog.remoteTag != r.tag:
		s.respond(r.request, r.tx, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
		return
	case !s.isOf(l.trunk, r): // to know a call's tags is not enough
		s.respond(r.request, r.tx, sip.StatusForbidden, "Forbidden")
		return
	case l.pendingAnswer != nil || l.pendingRefresh != nil:
		s.respond(r.request, r.tx, sip.StatusInternalServerError, "Server Internal Error", s.retryAfter())
		return
	}
	keys := l.media.keys
	l.adoptDialog(r.request, sourceOf(r.request))
	l.media.keys = nil
	body, err := l.reply(r.offer)
	if err != nil {
		l.dialog, l.media.keys = before, keys
		s.respond(r.request, r.tx, sip.StatusNotAcceptableHere, "Not Acceptable Here", header.Warning(s.cfg.UserAgent, err))
		return
	}
	if !s.legs.move(l, dialogKey{l.dialog.callID, l.dialog.localTag}) {
		l.dialog = before
		s.respond(r.request, r.tx, sip.StatusLoopDetected, "Loop Detected")
		return
	}
	l.byeOldDialog(before)
	l.reportOutcome(call.Referral{Outcome: call.ReferralFailed, Reason: hungUpDuringTransfer})
	l.in, l.out, l.sentRefer, l.receivedRefer, l.allowsRefer = nil, nil, nil, nil, referUnknown
	l.learnAllow(r.request)
	l.log = s.log.With("trunk", l.terms.name, "call_id", l.dialog.callID)
	l.answerInvite(r.request, r.tx, body, r.offer == nil)
	l.reportHold()
	l.log.Info("call taken over by another phone", "before", before.callID)
}

// adoptDialog makes a request's dialog the leg's.
func (l *leg) adoptDialog(request *sip.Request, source netip.AddrPort) {
	l.dialog = answeringDialog(request, source)
	l.dialog.contact = l.server.contactIn(&l.dialog, asksSIPS(request), source.Addr())
}

// byeOldDialog sends BYE in a dialog that the leg has left.
func (l *leg) byeOldDialog(left dialog) {
	l.requestIn(&left, &left.localSeq, sip.BYE, func(bye *sip.Request) {
		for _, field := range reasonHeader(call.Reason{Kind: call.EndedByPeer}) {
			bye.AppendHeader(field)
		}
	}, func(*sip.Response, error) {})
	l.credentials = newCredentials(l.trunk) // those of the new dialog
}

// isOf reports whether a replacement comes from a trunk. Several may have its address: then the request may have
// been taken for one of another.
func (s *Server) isOf(t *trunk.Trunk, r replacement) bool {
	if isSameTrunk(t, r.from) {
		return true
	}
	return t != nil && r.from != nil && !isWebSocket(r.request.Transport()) && s.trunks.Has(sourceOf(r.request).Addr(), t.Name)
}

// isSameTrunk reports whether two settings are of one trunk: the table of trunks may have been
// set anew during the call. A telephone has none.
func isSameTrunk(a, b *trunk.Trunk) bool { return a != nil && b != nil && a.Name == b.Name }
