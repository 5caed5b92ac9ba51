package transaction

import "github.com/emiago/sipgo/sip"

// cancelInvite answers a CANCEL that fits an INVITE; false where there is none. The CANCEL
// gets its 200 first, so that it is not repeated (RFC 3261 §9.2). An INVITE that has its
// final response stays as it is.
func (l *Layer) cancelInvite(key Key, cancel *sip.Request, from Peer) bool {
	l.mu.Lock()
	t := l.servers[key]
	if t == nil {
		l.mu.Unlock()
		return false
	}
	next, do := t.state.after(cancelReceived, t.invite, t.peer.Stream != nil)
	tell := t.canceled
	var refusal []byte
	if do == serverCancels { // from here on no answer of the user's is sent
		refusal = Encode(Response(t.request, sip.StatusRequestTerminated, "Request Terminated"))
		t.cancel = cancel
		t.keep(refusal)
		t.enter(next, nil)
	}
	l.mu.Unlock()
	l.answerAlone(cancel, from, sip.StatusOK, "OK")
	if do != serverCancels {
		return true
	}
	if tell != nil {
		tell(cancel)
	}
	t.send(refusal)
	return true
}

// Watch tells of the CANCEL of an INVITE, which has had its 487 or gets it now, and of
// the end of the transaction with its reason. What has happened already is told before
// Watch returns. Neither function may block.
func (t *Server) Watch(canceled func(*sip.Request), ended func(error)) {
	t.layer.mu.Lock()
	t.canceled, t.ended = canceled, ended
	cancel, err := t.cancel, t.err
	t.layer.mu.Unlock()
	if cancel != nil {
		canceled(cancel)
	}
	if err != nil {
		ended(err)
	}
}
