package sip

import (
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// reliableResponse is a 180 or 183 of ours that the caller must acknowledge by
// PRACK (RFC 3262):
//
//	sent → answerDeferred → acknowledged
//	sent                  → acknowledged
//
// A 2xx waits for the PRACK of a response with a description: answerDeferred is
// that the application has answered meanwhile.
type reliableResponse struct {
	response *sip.Response
	rseq     uint32
	interval time.Duration
	sdp      sdpRole
	state    reliableState
}

type reliableState uint8

const (
	reliableSent reliableState = iota
	reliableAnswerDeferred
	reliableAcknowledged
)

// sdpRole is what the session description of a response is.
type sdpRole uint8

const (
	sdpNone   sdpRole = iota
	sdpAnswer         // to the caller's offer: the 2xx needs none
	sdpOffer          // since the INVITE had none: the PRACK, or the ACK, answers it
)

// ringReliably sends a 180 again and again until its PRACK. Without an offer of
// the caller's, it must hold ours (RFC 3262 §5).
func (l *leg) ringReliably(response *sip.Response) {
	role := sdpNone
	if l.in.offer == nil {
		role = sdpOffer
		body, err := l.reply(nil)
		if err != nil {
			l.log.Warn("cannot make a session description", "error", err)
			return
		}
		withDescription(response, body)
	}
	l.sendReliably(response, role)
}

// sendReliably repeats a provisional response until its PRACK.
func (l *leg) sendReliably(response *sip.Response, role sdpRole) {
	r := &reliableResponse{rseq: 1 + rand.Uint32N(1<<30), interval: sip.T1, sdp: role}
	if before := l.in.reliable; before != nil {
		r.rseq = before.rseq + 1
	}
	response.AppendHeader(sip.NewHeader("Require", "100rel"))
	response.AppendHeader(sip.NewHeader("RSeq", strconv.FormatUint(uint64(r.rseq), 10)))
	response.AppendHeader(l.terms.allow())
	r.response, l.in.reliable = response, r
	l.server.send(response, l.in.tx)
	l.timers.start(timerResendRinging, r.interval)
	l.timers.start(timerNoPRACK, 64*sip.T1)
}

// repeatRinging sends the 180 once more.
func (l *leg) repeatRinging() {
	if l.phase != early || l.in.reliable.state == reliableAcknowledged {
		return
	}
	r := l.in.reliable
	if err := l.in.tx.Respond(r.response); err != nil {
		l.log.Debug("response not retransmitted", "error", err)
	}
	r.interval *= 2
	l.timers.start(timerResendRinging, r.interval)
}

// prackTimedOut refuses a caller that sent no PRACK for our 180 (RFC 3262 §3).
func (l *leg) prackTimedOut() {
	if l.phase != early || l.in.reliable.state == reliableAcknowledged {
		return
	}
	l.refuse(refusal{status: call.Status{Code: sip.StatusGatewayTimeout, Phrase: "PRACK Missing"}})
	l.reports.end(call.Reason{Kind: call.Vanished, Text: "the phone sent no PRACK for the ringing", SIP: l.in.refused})
}

// prackReceived takes the caller's PRACK.
func (l *leg) prackReceived(request *sip.Request, tx *transaction.Server) {
	if l.in == nil || l.in.reliable == nil || !header.Acknowledges(request, l.in.reliable.rseq, l.in.request.CSeq().SeqNo) {
		l.server.respond(request, tx, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
		return
	}
	r := l.in.reliable
	described, refused := l.server.offerOf(request, tx)
	if refused || !l.answerPRACK(request, tx, described) {
		return
	}
	deferred := r.state == reliableAnswerDeferred
	r.state = reliableAcknowledged
	l.timers.stop(timerResendRinging)
	l.timers.stop(timerNoPRACK)
	switch {
	case deferred:
		l.accept()
	case l.earlyMedia == earlyMediaWanted:
		l.sendProgress()
	}
}

// answerPRACK answers a PRACK with its description; nil where it has none. It returns false
// where that acknowledges nothing: it comes too early, or cannot be used as the answer to
// our offer.
func (l *leg) answerPRACK(request *sip.Request, tx *transaction.Server, described *sdp.Session) bool {
	r := l.in.reliable
	repeated := r.state == reliableAcknowledged
	switch {
	case r.sdp == sdpOffer && !repeated:
		err := errNoDescription
		if described != nil {
			err = l.acceptAnswer(described)
		}
		if err != nil {
			l.server.respond(request, tx, sip.StatusNotAcceptableHere, "Not Acceptable Here", header.Warning(l.server.cfg.UserAgent, err))
			return false
		}
	case described == nil:
	case r.sdp == sdpAnswer && !repeated: // RFC 3262 §5: our answer has arrived, and this is the next offer
		if body, ok := l.renegotiate(request, tx, described); ok {
			l.server.send(withDescription(transaction.Response(request, sip.StatusOK, "OK"), body), tx)
		}
		return true
	default: // no offer may come before ours is answered
		l.server.respond(request, tx, sip.StatusRequestPending, "Request Pending")
		return false
	}
	l.server.respond(request, tx, sip.StatusOK, "OK")
	return true
}

// awaitsPRACK reports whether a 2xx must wait: it is not confirmed yet that our
// description has arrived (RFC 3262 §3).
func (l *leg) awaitsPRACK() bool {
	r := l.in.reliable
	if r == nil || r.sdp == sdpNone || r.state == reliableAcknowledged {
		return false
	}
	r.state = reliableAnswerDeferred
	return true
}

// maxForks bounds the branches of a forked call whose ringing is acknowledged.
const maxForks = 16

// sendPRACK acknowledges a provisional response that requires it. It returns false
// for one that has been seen before, or is out of order.
func (l *leg) sendPRACK(attempt *inviting, response *sip.Response) bool {
	rseq, wanted := header.RSeq(response)
	if !wanted {
		return true
	}
	tag := header.ToTag(response)
	last, known := attempt.rseq[tag]
	if known && rseq != last+1 || !known && len(attempt.rseq) == maxForks {
		return false
	}
	if attempt.rseq == nil {
		attempt.rseq = make(map[string]uint32)
	}
	attempt.rseq[tag] = rseq
	fork := l.dialog // a dialog of its own, until a branch is answered
	fork.routes = nil
	fork.learn(response)
	l.requestIn(&fork, &l.dialog.localSeq, sip.PRACK, func(prack *sip.Request) {
		prack.AppendHeader(header.RAck(rseq, attempt.cseq))
	}, func(*sip.Response, error) {})
	return true
}
