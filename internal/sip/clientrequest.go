package sip

import (
	"github.com/emiago/sipgo/sip"
)

// clientRequest is a request of ours inside a dialog, until its final response. Where it
// is challenged it is sent again, with the next CSeq (RFC 3261 §22.2).
type clientRequest struct {
	leg      *leg
	dialog   *dialog
	seq      *uint32 // of the dialog
	callID   string  // the dialog's as the request began: the leg may get another
	called   bool    // it is we who called
	method   sip.RequestMethod
	decorate func(*sip.Request) // adds what is special to it, to each attempt
	on       func(*sip.Response, error)
	auth     *authorization
	attempt  *inviting // of an INVITE: keeps its ACK for the repetitions of the 2xx; nil for other requests
}

// requestInDialog sends a request inside the leg's dialog. on takes every response but
// the challenges that are answered.
func (l *leg) requestInDialog(method sip.RequestMethod, decorate func(*sip.Request), on func(*sip.Response, error)) *clientRequest {
	return l.requestIn(&l.dialog, &l.dialog.localSeq, method, decorate, on)
}

// requestIn sends a request inside a dialog that may be another than the leg's.
func (l *leg) requestIn(d *dialog, seq *uint32, method sip.RequestMethod, decorate func(*sip.Request), on func(*sip.Response, error)) *clientRequest {
	r := &clientRequest{
		leg: l, dialog: d, seq: seq, callID: d.callID, called: l.out != nil, method: method, decorate: decorate, on: on,
		auth: l.credentials.authorize(),
	}
	r.send()
	return r
}

// send makes one attempt.
func (r *clientRequest) send() {
	*r.seq++
	request := r.leg.newRequestIn(r.dialog, r.method, *r.seq)
	r.decorate(request)
	if request.Body() == nil {
		request.SetBody(nil)
	}
	r.auth.sign(request)
	if r.method == sip.INVITE {
		r.attempt = &inviting{request: request, account: r.leg.trunk, cseq: *r.seq}
	}
	r.leg.transact(request, r.dialog.source, r.attempt, r.answered)
}

// answered takes a response to the last attempt, or its failure.
func (r *clientRequest) answered(response *sip.Response, err error) {
	if err == nil && r.mayRepeat(response) && r.auth.again(response) {
		r.send()
		return
	}
	r.on(response, err)
}

// mayRepeat reports whether another attempt has a meaning: the dialog is still the
// leg's, and while it ends only BYE is left to say.
func (r *clientRequest) mayRepeat(response *sip.Response) bool {
	return r.dialog.callID == r.callID && (r.leg.phase < ending || r.method == sip.BYE) && r.mayAnswer(response)
}

// mayAnswer reports whether a response may have our credentials as its answer. Whom we
// call we have chosen. Who calls us says in Contact where our requests go: there, only
// the trunk's own address may ask, else a forged caller could have a digest of the
// password to guess from.
func (r *clientRequest) mayAnswer(response *sip.Response) bool {
	if r.called || !isChallenge(response.StatusCode) {
		return true
	}
	source := sourceOf(response).Addr()
	if source == r.dialog.source.Addr() {
		return true
	}
	return r.leg.trunk != nil && r.leg.server.trunks.Has(source, r.leg.trunk.Name)
}
