package sip

import (
	"github.com/emiago/sipgo/sip"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
	"github.com/switchhook/switchhook/internal/stack"
)

// arrive takes every message, on the goroutine that read it and in order. from is where
// answers to a request go.
func (s *Server) arrive(message sip.Message, from transaction.Peer) {
	s.traceParsed(message)
	if request, ok := message.(*sip.Request); ok {
		s.prepare(request)
	}
	s.transactions.Receive(message, from)
}

// prepare gives new calls their To tag, and passes ACKs to legs.
func (s *Server) prepare(request *sip.Request) {
	callID, from, to, cseq := request.CallID(), request.From(), request.To(), request.CSeq()
	if callID == nil || from == nil || to == nil || cseq == nil {
		return // receive answers 400
	}
	tag, inside := to.Params.Get("tag")
	if !inside {
		if request.IsInvite() {
			s.probe()
		}
		if request.IsInvite() || request.IsCancel() {
			fromTag, _ := from.Params.Get("tag") // RFC 3261 §12.1.1: one that is missing is an empty one
			to.Params.Add("tag", s.tags.callee(callID.Value(), fromTag, cseq.SeqNo))
		}
		return
	}
	if request.IsAck() {
		if l := s.legs.find(callID.Value(), tag); l != nil {
			l.arrived(task{request: request, with: func(l *leg, ack *sip.Request, _ *transaction.Server) { l.ackReceived(ack) }})
		}
	}
}

// receive takes a request that is no repetition, on the reader: what may wait, or takes
// its time, goes on elsewhere.
func (s *Server) receive(request *sip.Request, tx *transaction.Server) {
	switch {
	case s.malformed(request, tx), s.repeated(request, tx):
	case request.IsCancel(): // those that fit an INVITE do not come here
		s.respond(request, tx, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
	case s.receiveInDialog(request, tx):
	default:
		s.work.Add(1) // one object fewer than with Go
		go func() {
			defer s.work.Done()
			defer s.caughtRequest(request, tx)
			stack.Grow()
			s.receiveOutOfDialog(request, tx)
		}()
	}
}

// receiveOutOfDialog takes a request of no call.
func (s *Server) receiveOutOfDialog(request *sip.Request, tx *transaction.Server) {
	if s.receiveFromPhone(request, tx) {
		return
	}
	via, ok := s.caller(request, tx)
	switch {
	case !ok, s.overloaded(request, tx), s.refuseUnsupported(request, tx):
	case request.IsInvite():
		s.receiveInvite(request, tx, originTrunk(via))
	case request.Method == sip.OPTIONS:
		s.health.noteOptions(via.Name)
		s.trunkMethods.learn(via.Name, request)
		s.options(request, tx, trunkTerms(via))
	default:
		s.outOfDialog(request, tx, trunkTerms(via))
	}
}

// outOfDialog answers methods that have no meaning outside a dialog.
func (s *Server) outOfDialog(request *sip.Request, tx *transaction.Server, with terms) {
	switch request.Method {
	case sip.BYE, sip.INFO, sip.UPDATE, sip.PRACK, sip.NOTIFY:
		s.respond(request, tx, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
	case sip.REFER:
		s.referOutOfDialog(request, tx, with)
	default:
		s.notAllowed(request, tx, with)
	}
}

// receiveInDialog gives requests of a dialog to its leg; those of an unknown one get 481.
func (s *Server) receiveInDialog(request *sip.Request, tx *transaction.Server) bool {
	callID, cseq := request.CallID().Value(), request.CSeq().SeqNo
	tag, has := request.To().Params.Get("tag")
	fromTag, _ := request.From().Params.Get("tag")
	if !has || request.IsInvite() && s.tags.isCallee(tag, callID, fromTag, cseq) {
		return false
	}
	l := s.legs.find(callID, tag)
	if l == nil {
		s.respond(request, tx, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
	} else {
		l.arrived(task{request: request, tx: tx, with: (*leg).request})
	}
	return true
}

// options answers OPTIONS inside and outside a dialog.
func (s *Server) options(request *sip.Request, tx *transaction.Server, with terms) {
	s.respond(request, tx, sip.StatusOK, "OK",
		with.allow(),
		sip.NewHeader("Accept", header.AcceptSDP),
		supportedField,
	)
}

// respond answers a request without a body.
func (s *Server) respond(request *sip.Request, tx *transaction.Server, status int, phrase string, headers ...sip.Header) {
	response := transaction.Response(request, status, phrase)
	for _, field := range headers {
		response.AppendHeader(field)
	}
	s.send(response, tx)
}

// send passes a response to its transaction. The transaction reports a lost
// connection by itself.
func (s *Server) send(response *sip.Response, tx *transaction.Server) {
	if response.StatusCode > 100 {
		response.AppendHeader(s.serverField)
	}
	if err := tx.Respond(response); err != nil {
		s.log.Debug("response not sent", "status", response.StatusCode, "error", err)
	}
}
