package transaction

import "github.com/emiago/sipgo/sip"

// receiveRequest finds the transaction of a request, or begins one.
func (l *Layer) receiveRequest(request *sip.Request, from Peer) {
	key, err := KeyOf(request)
	if err != nil {
		if !request.IsAck() {
			l.answerAlone(request, from, sip.StatusBadRequest, "Bad Request")
		}
		return
	}
	if request.IsCancel() && l.cancelInvite(key.as(sip.INVITE), request, from) {
		return
	}
	at := endsOf(from.Stream)
	l.mu.Lock()
	known := l.servers[key]
	if known != nil && known.givesWayTo(request) {
		if over := known.enter(serverTerminated, nil); over != nil {
			defer over()
		}
		known = nil
	}
	if known != nil {
		do := known.repeatedRequest(request)
		l.mu.Unlock()
		if do != nil {
			do()
		}
		return
	}
	full := !l.served.have(from)
	if request.IsAck() || l.closed || full {
		l.mu.Unlock()
		if full && !request.IsAck() {
			l.answerAlone(request, from, sip.StatusServiceUnavailable, "Service Unavailable")
		}
		return // an ACK of no transaction is one of a 2xx: who has read it knows its dialog
	}
	key = key.clone()
	t := &Server{layer: l, key: key, request: request, peer: from, ends: at, invite: request.IsInvite(), seq: request.CSeq().SeqNo}
	t.alarm.owner = t
	l.servers[key] = t
	t.keep(nil)
	l.hold(at, t)
	t.begin()
	l.mu.Unlock()
	refer(from.Stream)
	l.cfg.Request(request, t)
}

// answerAlone answers a request that has no transaction.
func (l *Layer) answerAlone(request *sip.Request, to Peer, status int, phrase string) {
	if err := l.send(to, Encode(Response(request, status, phrase))); err != nil {
		l.cfg.Log.Debug("response not sent", "status", status, "error", err)
	}
}

// givesWayTo reports whether a request is another one although it has the branch of the
// transaction: some phones use that of the request that was challenged once more, with the
// next CSeq (RFC 3261 §8.1.3.5 asks for a new one). The lock is held.
func (t *Server) givesWayTo(request *sip.Request) bool {
	return (t.state == serverCompleted || t.state == serverConfirmed) && !request.IsAck() && request.CSeq().SeqNo > t.seq
}

// repeatedRequest takes a request again, or the ACK of a failure, with the lock held. It
// returns what is to be done without; nil is nothing.
func (t *Server) repeatedRequest(request *sip.Request) func() {
	event := requestAgain
	if request.IsAck() {
		event = ackReceived
	}
	next, do := t.state.after(event, t.invite, t.peer.Stream != nil)
	over := t.enter(next, nil)
	if do != serverResends {
		return over
	}
	if message := t.kept; message != nil {
		return func() { t.send(message) }
	}
	return t.sendTrying
}
