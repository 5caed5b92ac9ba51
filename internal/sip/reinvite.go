package sip

import (
	"math/rand/v2"
	"strconv"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// reinviteReceived takes a re-INVITE, which changes the session: hold, another
// address or codec.
func (l *leg) reinviteReceived(request *sip.Request, tx *transaction.Server) {
	switch {
	case l.server.tooBrief(request, tx):
		return
	case l.phase == early && l.in != nil:
		l.refuseForNow(request, tx) // RFC 3261 §14.2: an INVITE before the first one has its answer
		return
	case l.phase == early, l.offersOurs(): // RFC 3261 §14.2: an INVITE of ours is under way
		l.server.respond(request, tx, sip.StatusRequestPending, "Request Pending")
		return
	case l.pendingAnswer != nil && l.pendingAnswer.offered: // only the ACK tells what was agreed
		l.server.respond(request, tx, sip.StatusRequestPending, "Request Pending")
		return
	case l.pendingAnswer != nil:
		// Who changes the session has our 2xx: its ACK was lost or comes late.
		l.stopResendingAnswer()
		if l.answerConfirmed(); l.phase != up { // we wanted to leave, and may now
			l.server.respond(request, tx, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
			return
		}
	}
	offer, refused := l.server.offerOf(request, tx)
	if refused {
		return
	}
	body, ok := l.renegotiate(request, tx, offer)
	if !ok {
		return
	}
	l.answerInvite(request, tx, body, offer == nil)
	l.reportHold()
}

// updateReceived takes an UPDATE (RFC 3311): a change of the session, or without a
// description its refresh.
func (l *leg) updateReceived(request *sip.Request, tx *transaction.Server) {
	if l.server.tooBrief(request, tx) {
		return
	}
	offer, refused := l.server.offerOf(request, tx)
	if refused {
		return
	}
	if offer == nil {
		l.retarget(request)
		l.answerUpdate(request, tx, transaction.Response(request, sip.StatusOK, "OK"))
		return
	}
	switch { // RFC 3311 §5.2
	case l.phase == early && !l.earlySound() && l.in != nil && l.in.offer != nil: // the caller's offer waits for our answer
		l.refuseForNow(request, tx)
		return
	case l.phase == early && !l.earlySound(), l.offersOurs(), l.pendingAnswer != nil && l.pendingAnswer.offered: // ours waits for theirs
		l.server.respond(request, tx, sip.StatusRequestPending, "Request Pending")
		return
	}
	body, ok := l.renegotiate(request, tx, offer)
	if !ok {
		return
	}
	l.answerUpdate(request, tx, withDescription(transaction.Response(request, sip.StatusOK, "OK"), body))
	l.reportHold()
}

// refuseForNow answers 500 to a request that comes before an earlier one of the peer's
// is dealt with. When it may come again is random, within 10 s (RFC 3261 §14.2,
// RFC 3311 §5.2).
func (l *leg) refuseForNow(request *sip.Request, tx *transaction.Server) {
	l.server.respond(request, tx, sip.StatusInternalServerError, "Server Internal Error", sip.NewHeader("Retry-After", strconv.Itoa(rand.IntN(11))))
}

// earlySound reports whether a call that rings has its first answer already: then
// the session may change before the call is taken (RFC 3311 §5.1). Ours to a
// caller counts once it is known to have arrived.
func (l *leg) earlySound() bool {
	if l.in != nil {
		return l.in.reliable != nil && l.in.reliable.sdp != sdpNone && l.in.reliable.state == reliableAcknowledged
	}
	return l.out != nil && l.media.agreed.Codec() != ""
}

// offersOurs reports whether an offer of ours waits for its answer. An UPDATE of ours has none:
// who puts us on hold meanwhile need not try again.
func (l *leg) offersOurs() bool {
	return l.pendingRefresh != nil && l.pendingRefresh.method == sip.INVITE
}

// answerUpdate sends the 200 to an UPDATE, which refreshes the session.
func (l *leg) answerUpdate(request *sip.Request, tx *transaction.Server, response *sip.Response) {
	response.AppendHeader(&sip.ContactHeader{Address: *l.dialog.contact.Clone()})
	for _, field := range l.grantTimer(request) {
		response.AppendHeader(field)
	}
	l.server.send(response, tx)
	if l.phase == up {
		l.armTimer()
	}
}

// renegotiate answers the peer's offer, or makes one where the peer asks for
// it. A refused offer leaves the session as it was (RFC 3261 §14.2).
func (l *leg) renegotiate(request *sip.Request, tx *transaction.Server, offer *sdp.Session) (body []byte, ok bool) {
	body, err := l.reply(offer)
	if err != nil {
		l.server.respond(request, tx, sip.StatusNotAcceptableHere, "Not Acceptable Here", header.Warning(l.server.cfg.UserAgent, err))
		return nil, false
	}
	l.retarget(request)
	return body, true
}

// retarget follows the peer's Contact (RFC 3261 §12.2.2).
func (l *leg) retarget(request *sip.Request) {
	if contact := request.Contact(); contact != nil {
		l.dialog.target = *contact.Address.Clone()
	}
}
