package sip

import (
	"cmp"
	"context"

	"github.com/emiago/sipgo/sip"
)

// transact runs a client transaction beside the leg: connecting and waiting must
// not hold the leg up. Responses and failure come back to the
// leg's goroutine; err tells of a timeout or a broken transport. attempt is that of an
// INVITE; nil for other requests.
func (l *leg) transact(request *sip.Request, attempt *inviting, on func(*sip.Response, error)) {
	s, via := l.server, l.trunk
	s.work.Go(func() {
		ctx, cancel := context.WithTimeout(s.ctx, dialTimeout)
		defer cancel()
		err := error(nil)
		if via != nil { // a telephone is reached over its flow
			err = s.connectFor(ctx, via, request)
		}
		refused, remove := s.unanswered.add(request)
		defer remove()
		var tx *sip.ClientTx
		if err == nil {
			tx, err = s.transactions.NewClientTransaction(ctx, request)
		}
		if err != nil {
			l.box.Put(func() { on(nil, err) })
			return
		}
		if attempt != nil {
			tx.OnRetransmission(func(again *sip.Response) { attempt.repeatedAnswer(s, again) })
		}
		if err := tx.Init(); err != nil {
			tx.Terminate()
			l.box.Put(func() { on(nil, err) })
			return
		}
		for refusals := 0; ; {
			select {
			case response := <-tx.Responses():
				refused = nil
				s.mediaNames.lookUp(s.ctx, response)
				if !l.box.Put(func() { on(response, nil) }) && attempt != nil {
					s.endBranch(response, attempt) // the leg is gone
				}
				if !response.IsProvisional() {
					return
				}
			case <-refused:
				if refusals++; refusals < closedAfter {
					continue
				}
				tx.Terminate()
				l.box.Put(func() { on(nil, errPortUnreachable) })
				return
			case <-tx.Done():
				// sipgo closes Done before it sets the error.
				err := cmp.Or(tx.Err(), sip.ErrTransactionTerminated)
				l.box.Put(func() { on(nil, err) })
				return
			}
		}
	})
}

// newRequest builds a request inside the dialog.
func (l *leg) newRequest(method sip.RequestMethod, cseq uint32) *sip.Request {
	return l.newRequestIn(&l.dialog, method, cseq)
}

// newRequestIn builds a request inside a dialog that may be another than the leg's.
func (l *leg) newRequestIn(d *dialog, method sip.RequestMethod, cseq uint32) *sip.Request {
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
	l.server.write(ack)
	return ack
}

// write sends a request that no transaction carries.
func (s *Server) write(request *sip.Request) {
	if err := s.transport.WriteMsg(request); err != nil {
		s.log.Debug("request not sent", "method", request.Method, "error", err)
	}
}
