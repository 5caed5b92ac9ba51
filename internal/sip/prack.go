package sip

import (
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// reliably is a 180 or 183 of ours that the caller must acknowledge by PRACK (RFC 3262).
type reliably struct {
	response  *sip.Response
	rseq      uint32
	interval  time.Duration
	described bool // it holds our description: the 2xx waits for the PRACK, and needs none
	offered   bool // as an offer, since the INVITE had none: the PRACK answers it
	received  bool // the PRACK came
	answer    bool // the application has answered meanwhile
}

// ringReliably sends a 180 again and again until its PRACK. Without an offer of
// the caller's, it must hold ours (RFC 3262 §5).
func (l *leg) ringReliably(response *sip.Response) {
	offers := l.in.offer == nil
	if offers {
		body, err := l.reply(nil)
		if err != nil {
			l.log.Warn("no offer could be made", "error", err)
			return
		}
		response.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		response.SetBody(body)
	}
	l.sendReliably(response, offers)
}

// sendReliably repeats a provisional response until its PRACK.
func (l *leg) sendReliably(response *sip.Response, offers bool) {
	r := &reliably{rseq: 1 + rand.Uint32N(1<<30), interval: sip.T1, offered: offers, described: len(response.Body()) > 0}
	if before := l.in.reliably; before != nil {
		r.rseq = before.rseq + 1
	}
	response.AppendHeader(sip.NewHeader("Require", "100rel"))
	response.AppendHeader(sip.NewHeader("RSeq", strconv.FormatUint(uint64(r.rseq), 10)))
	response.AppendHeader(sip.NewHeader("Allow", l.terms.allow()))
	r.response, l.in.reliably = response, r
	l.server.send(response, l.in.tx)
	l.clock.set(resendRinging, r.interval)
	l.clock.set(missingPRACK, 64*sip.T1)
}

// repeatRinging sends the 180 once more.
func (l *leg) repeatRinging() {
	if l.phase != early || l.in.reliably.received {
		return
	}
	r := l.in.reliably
	if err := l.in.tx.Respond(r.response); err != nil {
		l.log.Debug("response not repeated", "error", err)
	}
	r.interval *= 2
	l.clock.set(resendRinging, r.interval)
}

// unpracked refuses a caller that never acknowledged our 180 (RFC 3262 §3).
func (l *leg) unpracked() {
	if l.phase != early || l.in.reliably.received {
		return
	}
	l.refuse(refusal{status: call.Status{Code: sip.StatusGatewayTimeout, Phrase: "PRACK Missing"}})
	l.tell.ended(call.Reason{Kind: call.Vanished, Text: "the phone never acknowledged the ringing", SIP: l.in.refused})
}

// pracked is the caller's PRACK.
func (l *leg) pracked(request *sip.Request, tx *sip.ServerTx) {
	if l.in == nil || l.in.reliably == nil || !header.Acknowledges(request, l.in.reliably.rseq, l.in.request.CSeq().SeqNo) {
		l.server.respond(request, tx, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
		return
	}
	r := l.in.reliably
	if r.offered && !r.received {
		if err := l.readAnswer(request.Body()); err != nil {
			l.server.respond(request, tx, sip.StatusNotAcceptableHere, "Not Acceptable Here", header.Warning(l.server.cfg.UserAgent, err))
			return
		}
	} else if len(request.Body()) > 0 { // no offer may come before ours is answered
		l.server.respond(request, tx, sip.StatusRequestPending, "Request Pending")
		return
	}
	r.received = true
	l.clock.stop(resendRinging)
	l.clock.stop(missingPRACK)
	l.server.respond(request, tx, sip.StatusOK, "OK")
	switch {
	case r.answer:
		l.accept()
	case l.in.hearing:
		l.letHear()
	}
}

// awaitsPRACK reports whether a 2xx must wait: nobody knows yet whether our
// description has arrived (RFC 3262 §3).
func (l *leg) awaitsPRACK() bool {
	r := l.in.reliably
	if r == nil || !r.described || r.received {
		return false
	}
	r.answer = true
	return true
}

// maxForks bounds the branches of a forked call whose ringing is acknowledged.
const maxForks = 16

// acknowledgeRinging sends PRACK for a provisional response that wants it. It
// returns false for one that has been seen before, or comes out of its order.
func (l *leg) acknowledgeRinging(attempt *inviting, response *sip.Response) bool {
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
	l.dialog.localSeq++
	prack := l.insideOf(&fork, sip.PRACK, l.dialog.localSeq)
	prack.AppendHeader(header.RAck(rseq, attempt.cseq))
	prack.SetBody(nil)
	l.authorize(prack)
	l.exchange(prack, nil, func(*sip.Response, error) {})
	return true
}
