package sip

import (
	"context"
	"net/netip"
	"sync/atomic"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// legTransaction is a request of a leg's under way.
type legTransaction struct {
	leg     *leg
	attempt *inviting // of an INVITE; nil for other requests
	on      func(*sip.Response, error)
	forget  func() // no ICMP error is waited for any more
	turn    inTurn
	tx      atomic.Pointer[transaction.Client]
}

// transact runs a client transaction of the leg's. Responses and failure come back to the
// leg's goroutine; err tells of a timeout or a broken transport. A name to be looked up and
// a connection, which may have to be made and may take nothing for a while, are waited for
// beside the leg. heard is where the peer was heard; zero: it is not known to be there. attempt
// is that of an INVITE; nil for other requests.
func (l *leg) transact(request *sip.Request, heard netip.AddrPort, attempt *inviting, on func(*sip.Response, error)) {
	t := &legTransaction{leg: l, attempt: attempt, on: on}
	if to, ok := datagramPeer(request); ok {
		t.start(request, to)
		return
	}
	l.server.work.Go(func() {
		ctx, cancel := context.WithTimeout(l.server.ctx, dialTimeout)
		defer cancel()
		to, err := l.server.reachPeer(ctx, l.trunk, request, heard)
		if err != nil {
			l.post(func() { on(nil, err) })
			return
		}
		t.start(request, to)
	})
}

// start sends the request. It gives back the reference that to has.
func (t *legTransaction) start(request *sip.Request, to transaction.Peer) {
	s := t.leg.server
	defer release(to)
	t.forget = s.unanswered.add(request, t.refused)
	user := transaction.User{Answered: t.answered}
	if attempt := t.attempt; attempt != nil { // outlives the leg, which it must not hold
		user.Again = func(again *sip.Response) { attempt.repeatedAnswer(s, again) }
	}
	tx, err := s.transactions.Request(request, to, user)
	if err != nil {
		t.answered(nil, err)
		return
	}
	t.tx.Store(tx)
}

// answered takes a response or the failure.
func (t *legTransaction) answered(response *sip.Response, err error) {
	t.forget()
	l, s := t.leg, t.leg.server
	if err != nil {
		t.turn.do(&s.work, false, func() { l.post(func() { t.on(nil, err) }) })
		return
	}
	if response.IsProvisional() && t.turn.isFull() {
		return // a flood; the final response comes once
	}
	named := sdp.HasNames(response.Body())
	t.turn.do(&s.work, named, func() {
		if named {
			s.mediaNames.lookUp(s.ctx, response)
		}
		if !l.post(func() { t.on(response, nil) }) && t.attempt != nil {
			s.giveUp(response, t.attempt) // the leg is gone
		}
	})
}

// refused takes ICMP errors that say that nobody listens there.
func (t *legTransaction) refused() {
	if tx := t.tx.Load(); tx != nil {
		tx.Terminate()
	}
	t.leg.post(func() { t.on(nil, errPortUnreachable) })
}

// newRequest builds a request inside the dialog.
func (l *leg) newRequest(method sip.RequestMethod, cseq uint32) *sip.Request {
	return l.newRequestIn(&l.dialog, method, cseq)
}

// newRequestIn builds a request inside a dialog that may be another than the leg's.
func (l *leg) newRequestIn(d *dialog, method sip.RequestMethod, cseq uint32) *sip.Request {
	l.followPhone(d)
	request := d.request(method, cseq, l.server.via(d.transport, d.source.Addr()))
	if method != sip.ACK && method != sip.BYE {
		request.AppendHeader(&sip.ContactHeader{Address: *d.contact.Clone()})
	}
	request.AppendHeader(sip.NewHeader("User-Agent", l.server.cfg.UserAgent))
	l.server.setDestination(request, d)
	return request
}

// writeACK acknowledges the 2xx to an INVITE of ours, and returns the ACK for
// repetitions. It has the INVITE's credentials, since nobody may challenge it
// (RFC 3261 §22.1).
func (l *leg) writeACK(invite *sip.Request) *sip.Request {
	ack := l.newRequest(sip.ACK, invite.CSeq().SeqNo)
	ack.SetBody(nil)
	copyCredentials(invite, ack)
	l.server.write(ack, l.dialog.source)
	return ack
}
