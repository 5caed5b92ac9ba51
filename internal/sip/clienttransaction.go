package sip

import (
	"cmp"
	"context"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// transact runs a client transaction beside the leg: connecting and waiting must
// not hold the leg up. Responses and failure come back to the
// leg's goroutine; err tells of a timeout or a broken transport.
func (l *leg) transact(request *sip.Request, repeated func(*sip.Response), on func(*sip.Response, error)) {
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
		if repeated != nil {
			tx.OnRetransmission(repeated)
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
				if !l.box.Put(func() { on(response, nil) }) {
					s.strayResponse(response) // the leg is gone
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
	sip.CopyHeaders("Proxy-Authorization", invite, ack)
	sip.CopyHeaders("Authorization", invite, ack)
	l.server.write(ack)
	return ack
}

// write sends a request that no transaction carries.
func (s *Server) write(request *sip.Request) {
	if err := s.transport.WriteMsg(request); err != nil {
		s.log.Debug("request not sent", "method", request.Method, "error", err)
	}
}

// strayResponse is a response that no leg waits for. A 2xx to an INVITE of ours, from a
// second branch of a fork or after we had given up, has connected somebody: it
// gets its ACK and a BYE (RFC 3261 §13.2.2.4).
func (s *Server) strayResponse(response *sip.Response) {
	callID, from, cseq := response.CallID(), response.From(), response.CSeq()
	if !response.IsSuccess() || callID == nil || from == nil || cseq == nil || cseq.MethodName != sip.INVITE || response.To() == nil || response.Contact() == nil {
		return
	}
	tag, _ := from.Params.Get("tag")
	if tag != s.tags.caller(callID.Value()) { // not ours: nobody makes us send anything
		return
	}
	if l := s.legs.find(callID.Value(), tag); l != nil && l.connectedTo(header.ToTag(response)) {
		return // its own hook acknowledges repetitions
	}
	d := dialog{
		callID: callID.Value(), localTag: tag, transport: sip.NetworkToUpper(response.Transport()),
		local:  party{from.DisplayName, *from.Address.Clone()},
		remote: party{response.To().DisplayName, *response.To().Address.Clone()},
	}
	d.learn(response)
	d.flow = s.hasFlow(registrar.Flow{Transport: d.transport, Source: d.source})
	for _, next := range []struct {
		method sip.RequestMethod
		cseq   uint32
	}{{sip.ACK, cseq.SeqNo}, {sip.BYE, cseq.SeqNo + 1}} {
		request := d.request(next.method, next.cseq, s.via(d.transport, d.source.Addr()))
		request.SetBody(nil)
		s.setDestination(request, &d)
		s.write(request)
	}
	s.log.Debug("second branch of a forked call hung up", "call_id", d.callID)
}
